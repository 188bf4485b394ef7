// The folders that the settings name, opened; what is wrong with one is a sentence with its mend.
// Threads: any.
#pragma once

#include "backup/backup_dir.hpp"
#include "backup/journal.hpp"
#include "config/settings.hpp"
#include "tenants/tenant_store.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::app {

// All of them but one make the folder where it is missing, and throw StartFailure `exit_config`
// where it cannot be written.

// TENANT_ROOT.
tenants::TenantStore open_store(const config::Settings& settings);
// Both of STATE_DIR, which others may use at the same time.
tenants::TurnLocks open_turns(const config::Settings& settings);
backup::Journal open_journal(const config::Settings& settings);
// BACKUP_DIR.
backup::BackupDir open_backup_dir(const config::Settings& settings);
// The same for those who only look at backups that exist: one that is missing throws as well, for
// an empty folder at a mistyped place would hide the mistake.
backup::BackupDir find_backup_dir(const config::Settings& settings);

}  // namespace nexus::app
