#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "app/start_failure.hpp"
#include "cli/command.hpp"

namespace {

constexpr const char* about =
    "nexus-runner keeps one container per tenant on this machine as the control plane wants it.\n"
    "Jobs come through Redis; a backend plugin (Docker, …) does the work. Without a command: "
    "serve.";

constexpr const char* examples =
    "First steps:\n"
    "  export REDIS_URL=redis://default:PASSWORD@10.0.0.2:6379/0 "
    "NEXUS_IMAGE=ghcr.io/acme/nexus:1.4.2\n"
    "  nexus-runner check-config               every setting, and whether Redis and the engine "
    "answer\n"
    "  nexus-runner serve                      the daemon\n"
    "  nexus-runner submit provision acme --wait\n"
    "  nexus-runner events acme --follow\n"
    "Exit codes: 0 done, 1 the job or check failed, 64 usage, 69 Redis or engine not reachable,\n"
    "75 another process holds the lease, 78 configuration; of the backup commands also 3 part of "
    "it\n"
    "failed, 4 a backup is damaged, 5 another one is at work, 6 the copy off site failed.";

}  // namespace

int main(int argc, char** argv) {
    using nexus::app::exit_failed;
    using nexus::app::exit_usage;
    std::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error of the call, not our end
    try {
        CLI::App app(about, "nexus-runner");
        nexus::cli::CommandLine line;
        app.footer(examples);
        app.require_subcommand(0, 1);
        app.fallthrough();
        app.add_option("--config", line.config_file,
                       "Settings file; the environment comes before it (default: "
                       "/etc/nexus-runner/nexus-runner.properties)");
        app.add_flag("--json", line.json, "Print JSON, for programs");
        nexus::cli::add_serve(app, line);
        nexus::cli::add_check_config(app, line);
        nexus::cli::add_healthcheck(app, line);
        nexus::cli::add_submit(app, line);
        nexus::cli::add_job(app, line);
        nexus::cli::add_cancel(app, line);
        nexus::cli::add_events(app, line);
        nexus::cli::add_nodes(app, line);
        nexus::cli::add_tenants(app, line);
        nexus::cli::add_drain(app, line);
        nexus::cli::add_dead(app, line);
        nexus::cli::add_redis_acl(app, line);
        nexus::cli::add_plugins(app, line);
        nexus::cli::add_schema(app, line);
        nexus::cli::add_version(app, line);
        nexus::cli::add_volume(app, line);
        nexus::cli::add_backup(app, line);
        nexus::cli::add_restore(app, line);
        nexus::cli::add_verify(app, line);
        nexus::cli::add_prune(app, line);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app.exit(error) == 0 ? 0 : exit_usage;
        }
        return line.run();
    } catch (const nexus::app::StartFailure& failure) {
        std::fprintf(stderr, "nexus-runner: %s\n", failure.what());
        return failure.code();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "nexus-runner: %s\n", error.what());
        return exit_failed;
    }
}
