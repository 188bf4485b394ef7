// What the backup commands share: settings, signals, and the exit codes of what goes wrong.
// Threads: one.
#pragma once

#include <functional>
#include <string>

#include "app/backup_tools.hpp"
#include "backup/backup_dir.hpp"
#include "cli/command.hpp"
#include "config/settings.hpp"

namespace nexus::cli {

// Both run `use`, whose result is the exit code; SIGTERM and SIGINT make `cancel_fd` readable and
// do nothing else. What it throws becomes a sentence and an exit code: LockHeld `exit_lock_held`,
// an engine that is away `exit_unreachable`, everything else `exit_failed`.

// With the backend of the settings and all that a tenant is worked on with. What processes that
// died have left of tenants is put right first.
int with_backup_tools(const CommandLine& line,
                      const std::function<int(app::BackupTools& tools, int cancel_fd)>& use);

// With BACKUP_DIR alone, which must be there.
using UseBackupDir = std::function<int(const backup::BackupDir& dir,
                                       const config::Settings& settings, int cancel_fd)>;
int with_backup_dir(const CommandLine& line, const UseBackupDir& use);

// As BackupDir::lock, for a command of this name; that it waits is shown.
UniqueFd lock_backup_dir(const backup::BackupDir& dir, const std::string& command, bool wait,
                         int cancel_fd);

}  // namespace nexus::cli
