// The backups of single tenants, as jobs ask for them. BACKUP_DIR is opened for each: a worker
// without backups needs none. Threads: any, in the tenant's turn.
#pragma once

#include <string>

#include "backup/journal.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/image_puller.hpp"
#include "tenants/job_context.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/tenant_store.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::backup {

class BackupDir;

class Backups {
  public:
    // All must outlive it.
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
        tenants::Lifecycle& lifecycle;
        tenants::ImagePuller& puller;
        const tenants::TurnLocks& turns;
        const Journal& journal;
    };
    Backups(Parts parts, const config::Settings& settings, std::string runner_version, Log& log);

    // Both throw Failure, among others `internal` or `exhausted` where BACKUP_DIR cannot be used,
    // and what the parts that they are made of throw.
    tenants::VerbResult back_up(tenants::JobContext& context);
    tenants::VerbResult restore(const std::string& snapshot, tenants::JobContext& context);

    // What a backup or a restore that died left of the tenant is put right; see Settler::settle.
    // Where there is nothing, that is known at once.
    void settle(tenants::JobContext& context);

  private:
    BackupDir open() const;

    Parts parts_;
    const config::Settings& settings_;
    const std::string runner_version_;
    Log& log_;
};

}  // namespace nexus::backup
