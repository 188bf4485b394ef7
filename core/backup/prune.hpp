// Which runs are kept, and what goes with the others. Threads: any.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "backup/run_store.hpp"
#include "config/backup_keep.hpp"

namespace nexus::backup {

struct RunAge {
    std::string id;
    std::string scope;  // as Run's
    WallTime at{};
    bool verified = false;
};

// The ids that `keep` keeps: of each scope the newest verified run of each of so many days, weeks
// (from Monday) and months, in UTC, of those that have one; never fewer than the newest verified
// one; and every run that is newer than that, verified or not. Pure.
std::set<std::string> kept(const std::vector<RunAge>& runs, const config::BackupKeep& keep);

struct Pruned {
    std::vector<std::string> runs;  // removed, or with `dry_run` to be removed
    std::int64_t blobs = 0;
    std::int64_t bytes = 0;
};

// Mark and sweep: removes runs that are not kept, blobs that no run names, and what runs that never
// came to exist left behind. A run that cannot be read keeps everything and throws Failure
// `snapshot_corrupt`: what it names is not known. The caller has BackupDir::lock.
Pruned prune(const BackupDir& dir, const config::BackupKeep& keep, bool dry_run, int cancel_fd);

}  // namespace nexus::backup
