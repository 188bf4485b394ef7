#include <CLI/CLI.hpp>

#include "app/start_failure.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/node_page.hpp"

namespace nexus::cli {

void add_healthcheck(CLI::App& app, CommandLine& line) {
    auto* command =
        app.add_subcommand("healthcheck",
                           "For an image's HEALTHCHECK: 0 where the daemon at LISTEN_ADDRESS says "
                           "at /healthz that its "
                           "loops turn, 1 where not. Needs neither Redis nor the engine");
    command->callback([&line] {
        line.run = [&line] {
            const bool healthy = is_healthy(load_settings(line).settings);
            print_line(healthy ? "healthy" : "not healthy: /healthz does not answer with 200");
            return healthy ? app::exit_done : app::exit_failed;
        };
    });
}

}  // namespace nexus::cli
