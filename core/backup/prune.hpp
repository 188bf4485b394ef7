// Removes the runs that are not kept, and what goes with them. Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backup/backup_dir.hpp"
#include "config/backup_keep.hpp"

namespace nexus::backup {

struct Pruned {
    std::vector<std::string> runs;  // removed, or with `dry_run` to be removed; oldest first
    std::int64_t kept = 0;          // runs
    std::int64_t blobs = 0;         // removed, or to be removed
    std::int64_t bytes = 0;         // of those blobs
};

// Mark and sweep: removes runs that are not kept (see `kept`), blobs that no run names, and what
// runs that never came to exist left behind. Beyond `kept`, of each tenant that is still there the
// newest verified run stays that has all of it; and where there is no run at all, no blob goes:
// somebody moved the runs away, and may bring them back. A run that cannot be read keeps
// everything and throws Failure `snapshot_corrupt`: what it names is not known. Owns the blobs
// meanwhile; throws Failure `cancelled` once `cancel_fd` is readable before it does, and
// std::system_error for trouble with the files; what is left to do then, the next one does. The
// caller has BackupDir::lock.
Pruned prune(const BackupDir& dir, const config::BackupKeep& keep, bool dry_run, int cancel_fd);

}  // namespace nexus::backup
