// The runs in BACKUP_DIR/runs: run.json is written last, and a run without it does not exist.
// Threads: any.
#pragma once

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

    // A new id with a folder of its own, at this moment; never one that was given before.
    std::string begin() const;
    // Makes the run exist.
    void publish(const Run& run) const;
    // Removes the folder of a run that is not to exist.
    void abandon(const std::string& id) const;

    // Those that exist, oldest first.
    std::vector<std::string> list() const;
    // Nothing where there is no such run. Throws Failure `snapshot_corrupt` where its run.json
    // cannot be read.
    std::optional<Run> load(const std::string& id) const;

    // The newest run that holds `tenant` with every part restorable, or the one of this id;
    // "latest" is the newest. Throws Failure `snapshot_not_found` that names what there is.
    Run find(const TenantId& tenant, const std::string& snapshot) const;
    // The newest run, of any scope, that has `tenant`; for what did not change since.
    std::optional<TenantBackup> newest(const TenantId& tenant) const;

    void note(const std::string& id, const Verification& verification) const;
    std::optional<Verification> verification(const std::string& id) const;

  private:
    const BackupDir& dir_;
};

}  // namespace nexus::backup
