// What a file of any kind has beside its content: owner, mode, time and extended attributes.
// Threads: any; one reader belongs to one at a time.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "archive/volume_error.hpp"

namespace nexus::archive {

using Attributes = std::vector<std::pair<std::string, std::string>>;

struct FileFacts {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;  // with the kind of file
    timespec mtime{};
    Attributes attributes;
};

// Whether an extended attribute belongs to the content of a volume: what programs set, and what
// says who may do what. Others are the host's own.
bool is_kept(std::string_view attribute);

class AttributeReader {
  public:
    // Of the file behind `fd`, which may be open with O_PATH, ordered by their names. Those that
    // are too long for an archive go to `losses`.
    Attributes read(int fd, const std::string& path, Losses& losses);

  private:
    std::vector<char> names_ = std::vector<char>(max_bytes);
    std::vector<char> value_ = std::vector<char>(max_bytes);
    static constexpr std::size_t max_bytes = 64U << 10U;  // the kernel's limit for either
};

// Gives the file behind `fd` all of `facts`. An attribute that the file system does not have goes
// to `losses`. Throws BackendError.
void apply(int fd, const FileFacts& facts, const std::string& path, Losses& losses);

}  // namespace nexus::archive
