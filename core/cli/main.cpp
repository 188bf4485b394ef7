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
    std::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error of the call, not our end
    try {
        nexus::cli::CommandLine line;
        nexus::cli::CommandParser parser("nexus-runner", about);
        const auto program = parser.program();
        program.footer(examples);
        program.add_option("--config", line.config_file,
                           "Settings file; the environment comes before it (default: "
                           "/etc/nexus-runner/nexus-runner.properties)");
        program.add_flag("--json", line.json, "Print JSON, for programs");
        nexus::cli::add_serve(program, line);
        nexus::cli::add_check_config(program, line);
        nexus::cli::add_healthcheck(program, line);
        nexus::cli::add_submit(program, line);
        nexus::cli::add_job(program, line);
        nexus::cli::add_cancel(program, line);
        nexus::cli::add_events(program, line);
        nexus::cli::add_nodes(program, line);
        nexus::cli::add_tenants(program, line);
        nexus::cli::add_drain(program, line);
        nexus::cli::add_dead(program, line);
        nexus::cli::add_redis_acl(program, line);
        nexus::cli::add_plugins(program, line);
        nexus::cli::add_schema(program, line);
        nexus::cli::add_version(program, line);
        nexus::cli::add_volume(program, line);
        nexus::cli::add_backup(program, line);
        nexus::cli::add_restore(program, line);
        nexus::cli::add_verify(program, line);
        nexus::cli::add_prune(program, line);
        if (const auto code = parser.parse(argc, argv)) return *code;
        return line.run();
    } catch (const nexus::app::StartFailure& failure) {
        std::fprintf(stderr, "nexus-runner: %s\n", failure.what());
        return failure.code();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "nexus-runner: %s\n", error.what());
        return exit_failed;
    }
}
