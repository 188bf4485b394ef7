// What the subcommands of `dead` share. Threads: one.
#pragma once

#include "cli/command.hpp"

namespace nexus::cli {

// What is wrong with a dead letter's id; nothing where it is one.
std::string dead_letter_id_problem(const std::string& text);

// requeue and drop
void add_dead_changes(Command dead, CommandLine& line);

}  // namespace nexus::cli
