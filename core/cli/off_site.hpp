// What the backup commands do with the copies that restic keeps. Threads: one.
#pragma once

#include <memory>
#include <string>

#include "app/backup_tools.hpp"
#include "backup/offsite.hpp"
#include "cli/progress_line.hpp"

namespace nexus::cli {

// Hands a run over where RESTIC_REPOSITORY says where to, with how far that is on the terminal, and
// what went wrong on stderr. Throws nothing: the run is here, whatever becomes of its copy.
backup::Offsite::Sent hand_over(const app::BackupTools& tools, const backup::Run& run,
                                int cancel_fd);

// Throws StartFailure `exit_config` where nothing says where the copies are.
void require_repository();

// A tenant's copy, from which `tools` can restore. Throws Failure.
std::unique_ptr<backup::Fetched> fetch(const app::BackupTools& tools,
                                       const backup::TenantId& tenant, const std::string& snapshot,
                                       int cancel_fd, ProgressLine& progress);

}  // namespace nexus::cli
