#include "app/version.hpp"

#include <nexus/backend_abi.h>

#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"

namespace nexus::cli {

void add_version(Command program, CommandLine& line) {
    const auto command =
        program.add_subcommand("version", "Print the release and the plugin ABI that it speaks");
    command.callback([&line] {
        line.run = [&line] {
            const std::string abi = std::to_string(NEXUS_BACKEND_ABI_MAJOR) + "." +
                                    std::to_string(NEXUS_BACKEND_ABI_MINOR);
            if (line.json) {
                json::Writer writer;
                writer.begin_object()
                    .member("version", app::version())
                    .member("plugin_abi", abi)
                    .end_object();
                print_line(writer.text());
            } else {
                print_line(std::string("nexus-runner ") + app::version() + " (plugin ABI " + abi +
                           ")");
            }
            return 0;
        };
    });
}

}  // namespace nexus::cli
