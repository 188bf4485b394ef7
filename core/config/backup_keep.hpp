// How many verified backups are kept: BACKUP_KEEP. Threads: as a plain value.
#pragma once

#include <string_view>

#include "config/parsed.hpp"

namespace nexus::config {

struct BackupKeep {  // the newest backup of each of so many days, weeks and months
    int days = 0;
    int weeks = 0;
    int months = 0;

    friend bool operator==(const BackupKeep&, const BackupKeep&) = default;
};

// "7d 4w 6m", in any order; a unit that is not there counts 0, all of them 0 is refused.
Parsed<BackupKeep> parse_backup_keep(std::string_view text);

}  // namespace nexus::config
