// The subcommands of `plugins`. Threads: one.
#pragma once

#include "cli/command.hpp"

namespace nexus::cli {

void add_plugins_check(Command plugins, CommandLine& line);

}  // namespace nexus::cli
