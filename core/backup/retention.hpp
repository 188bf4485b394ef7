// Which runs are kept: BACKUP_KEEP, applied. Threads: any.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/timestamp.hpp"
#include "config/backup_keep.hpp"

namespace nexus::backup {

struct RunAge {
    std::string id;
    std::string scope;  // as Run's
    WallTime at{};      // when it began
    bool verified = false;
};

// The ids that `keep` keeps: of each scope the newest verified run of each of so many days, weeks
// (from Monday) and months, in UTC, of those that have one; never fewer than the newest verified
// one; and every run that is newer than that, verified or not. Newer is who has the greater id.
std::set<std::string> kept(const std::vector<RunAge>& runs, const config::BackupKeep& keep);

}  // namespace nexus::backup
