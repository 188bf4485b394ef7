// How a subcommand is told to the parser: a function that adds it, and what it runs once the line
// is parsed. Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/command_parser.hpp"

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

void add_serve(Command program, CommandLine& line);
void add_cancel(Command program, CommandLine& line);
void add_check_config(Command program, CommandLine& line);
void add_submit(Command program, CommandLine& line);
void add_job(Command program, CommandLine& line);
void add_events(Command program, CommandLine& line);
void add_nodes(Command program, CommandLine& line);
void add_tenants(Command program, CommandLine& line);
void add_drain(Command program, CommandLine& line);
void add_dead(Command program, CommandLine& line);
void add_redis_acl(Command program, CommandLine& line);
void add_plugins(Command program, CommandLine& line);
void add_healthcheck(Command program, CommandLine& line);
void add_schema(Command program, CommandLine& line);
void add_version(Command program, CommandLine& line);
void add_volume(Command program, CommandLine& line);
void add_backup(Command program, CommandLine& line);
void add_restore(Command program, CommandLine& line);
void add_verify(Command program, CommandLine& line);
void add_prune(Command program, CommandLine& line);

}  // namespace nexus::cli
