// What the backup commands work with, built once from the settings, beside a daemon that runs or
// without one. Threads: one builds it and destroys it; its parts say of themselves who may use
// them.
#pragma once

#include "app/backend_host.hpp"
#include "backup/backup_dir.hpp"
#include "backup/journal.hpp"
#include "backup/restore.hpp"
#include "backup/settle.hpp"
#include "backup/snapshot.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/image_puller.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/status_book.hpp"
#include "tenants/subnet_pool.hpp"
#include "tenants/tenant_store.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::app {

struct BackupTools {
    // Throws StartFailure.
    BackupTools(config::Settings all_settings, Redactor& redactor, Log& log_of_all);

    // Puts right what processes that died have left of tenants. One whose turn another process has
    // is left to that, and one that another node has is left as it is; trouble with one is logged,
    // and keeps it from being worked on. Returns early once `cancel_fd` is readable.
    void settle(int cancel_fd);

    // From backups that are elsewhere than in BACKUP_DIR. All must outlive it.
    backup::Restore restore_from(const backup::BackupDir& other);

    const config::Settings settings;
    Log& log;
    BackendHost host;
    const tenants::TenantStore store;
    const tenants::TurnLocks turns;
    const backup::Journal journal;
    const backup::BackupDir dir;
    tenants::SubnetPool subnets;
    tenants::ImagePuller puller;
    tenants::StatusBook book;
    tenants::Lifecycle lifecycle;
    backup::Settler settler;
    backup::Restore restore;
    backup::Snapshot snapshot;
};

}  // namespace nexus::app
