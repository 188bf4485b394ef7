// backup --list. Threads: one.
#pragma once

#include "cli/command.hpp"

namespace nexus::cli {

// Prints every run in BACKUP_DIR, oldest first; returns the exit code. Throws StartFailure.
int list_backups(const CommandLine& line);

}  // namespace nexus::cli
