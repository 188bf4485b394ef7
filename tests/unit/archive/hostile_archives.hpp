// Archives that nobody's own program would make. Threads: any.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::archive {

struct Item {
    std::string path;
    mode_t type = S_IFREG;
    std::string link = {};  // the target of a link, also of a hard one
    bool hard = false;
    std::int64_t uid = ::geteuid();
};

using Items = std::vector<Item>;

std::string tar_of(const Items& items, std::string_view content = "content");

struct HostileArchive {
    const char* what;
    Items items;
    const char* message;  // a part of it
};

// Each has an entry that an import must refuse; `outside` is a folder that has a file "file".
std::vector<HostileArchive> hostile_archives(const std::string& outside);

}  // namespace nexus::archive
