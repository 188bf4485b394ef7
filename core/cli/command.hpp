// How a subcommand is told to the parser: a function that adds it, and what it runs once the line
// is parsed. Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): of CLI11
class App;
}

namespace nexus::cli {

struct CommandLine {
    std::string config_file;   // --config; empty: the usual place
    bool json = false;         // --json
    std::function<int()> run;  // of the subcommand that was named; returns the exit code

    std::optional<std::string> named_file() const {
        if (config_file.empty()) return std::nullopt;
        return config_file;
    }
};

void add_serve(CLI::App& app, CommandLine& line);
void add_cancel(CLI::App& app, CommandLine& line);
void add_check_config(CLI::App& app, CommandLine& line);
void add_submit(CLI::App& app, CommandLine& line);
void add_job(CLI::App& app, CommandLine& line);
void add_events(CLI::App& app, CommandLine& line);
void add_nodes(CLI::App& app, CommandLine& line);
void add_tenants(CLI::App& app, CommandLine& line);
void add_drain(CLI::App& app, CommandLine& line);
void add_dead(CLI::App& app, CommandLine& line);
void add_redis_acl(CLI::App& app, CommandLine& line);
void add_plugins(CLI::App& app, CommandLine& line);
void add_healthcheck(CLI::App& app, CommandLine& line);
void add_schema(CLI::App& app, CommandLine& line);
void add_version(CLI::App& app, CommandLine& line);
void add_volume(CLI::App& app, CommandLine& line);
void add_backup(CLI::App& app, CommandLine& line);
void add_restore(CLI::App& app, CommandLine& line);
void add_verify(CLI::App& app, CommandLine& line);
void add_prune(CLI::App& app, CommandLine& line);

}  // namespace nexus::cli
