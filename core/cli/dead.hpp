// What the subcommands of `dead` share. Threads: one.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace nexus::cli {

// Refuses what is no dead letter's id.
CLI::Validator dead_letter_id();

// requeue and drop
void add_dead_changes(CLI::App& dead, CommandLine& line);

}  // namespace nexus::cli
