// Whether a run is still what it was when it was made. Threads: any.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backup/backup_dir.hpp"
#include "backup/manifest.hpp"

namespace nexus::backup {

// Every blob of a run decoded and compared, each once, and the outcome noted beside the run. What
// is wrong, a sentence each: none of it keeps the others from being looked at. `report` is told of
// each blob before it is read. `by` as in Verification. Shares the blobs; throws Failure
// `cancelled` once `cancel_fd` is readable, and then nothing is noted.
std::vector<std::string> verify(const BackupDir& dir, const Run& run, const std::string& by,
                                const std::function<void(const std::string& what)>& report,
                                int cancel_fd);

}  // namespace nexus::backup
