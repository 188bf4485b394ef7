// The runs in BACKUP_DIR/runs: run.json is written last, and a run without it does not exist. Their
// ids sort by age, also where the clock was set back. Trouble with the files throws
// std::system_error. Threads: any.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/backup_dir.hpp"
#include "backup/manifest.hpp"

namespace nexus::backup {

class RunStore {
  public:
    // `dir` must outlive it.
    explicit RunStore(const BackupDir& dir) : dir_(dir) {}

    // A new id with a folder of its own, at this moment; never one that was given before. The
    // caller shares the blobs (BackupDir::share_blobs) until it publishes or abandons the run: to
    // whoever owns them, a folder that is no run yet is the leftover of a crash.
    std::string begin() const;
    // Makes the run exist, for good when it returns. Throws Failure `internal` where it could not
    // be read again: tenants and parts not in their order, or more than a run can hold.
    void publish(const Run& run) const;
    // Removes a run, or the folder of one that is not to exist, whatever is in it. Idempotent.
    void abandon(const std::string& id) const;

    // Those that exist, oldest first; other names in the folder are passed over.
    std::vector<std::string> list() const;
    // The folders of runs that do not exist: never published, or removed in part.
    std::vector<std::string> unpublished() const;
    // Nothing where there is no such run. Throws Failure `snapshot_corrupt` where its run.json
    // cannot be read.
    std::optional<Run> load(const std::string& id) const;

    // The newest run that holds `tenant` with every part restorable, or the one of this id;
    // "latest" is the newest. Throws Failure `snapshot_not_found` that names what there is, and
    // `snapshot_corrupt` where the one of this id, or for "latest" a newer one than the one that
    // was found, cannot be read: an older state than the newest is not what was asked for.
    Run find(const TenantId& tenant, const std::string& snapshot) const;
    // The runs that hold `tenant` with every part restorable, newest first, until `take` returns
    // true. Those that cannot be read are passed over.
    void for_each_holding(const TenantId& tenant,
                          const std::function<bool(const Run&)>& take) const;
    // Of each part of `tenant` that the newest run names, of any scope, the newest that a run kept,
    // for what did not change since; a blob of a run that was noted as damaged, and was not
    // verified since, was never verified. Runs that cannot be read are passed over.
    std::optional<TenantBackup> newest(const TenantId& tenant) const;
    // The same of every tenant that the newest run of the whole node, or one after it, has.
    std::map<TenantId, TenantBackup> newest() const;

    // Replaces the run's last verification.
    void note(const std::string& id, const Verification& verification) const;
    // Nothing where the run never was verified. Throws Failure `snapshot_corrupt` where what was
    // noted cannot be read.
    std::optional<Verification> verification(const std::string& id) const;

  private:
    std::vector<std::string> folders(bool published) const;
    const BackupDir& dir_;
};

}  // namespace nexus::backup
