// Whether runs are still what they were when they were made. Threads: any.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backup/backup_dir.hpp"
#include "backup/manifest.hpp"

namespace nexus::backup {

// Told of each blob before it is read: whose it is, and how many of all were read before it.
using VerifyReport =
    std::function<void(const std::string& what, std::size_t done, std::size_t all)>;

// Every blob of these runs decoded and compared, each once however many name it, and the outcome
// noted beside each run. What is wrong with each of them, in their order, a sentence each: none of
// it keeps the others from being looked at. `by` as in Verification. The caller shares the blobs
// (BackupDir::share_blobs) from before it loaded the runs on, or prune might remove them meanwhile.
// Throws Failure `cancelled` once `cancel_fd` is readable, and then nothing is noted;
// std::system_error where the outcome cannot be.
std::vector<std::vector<std::string>> verify(const BackupDir& dir, const std::vector<Run>& runs,
                                             const std::string& by, const VerifyReport& report,
                                             int cancel_fd);

// The newest run that has all of `tenant` and every blob of it as it was made; `before`: the id of
// a run that it is older than, empty for any. They are decoded now, since what was noted of a run
// may be older than the damage, and an older run may name the same blob. Throws Failure `cancelled`
// once `cancel_fd` is readable, and std::system_error.
std::optional<std::string> newest_whole(const BackupDir& dir, const TenantId& tenant,
                                        const std::string& before, int cancel_fd);

}  // namespace nexus::backup
