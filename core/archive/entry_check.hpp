// Whether the entries of a hostile archive may be made one after another, for whoever cannot ask
// the folder that they go to. Remembers every path, and so no more of them than 512 MiB hold.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "archive/tar_reader.hpp"

namespace nexus::archive {

class EntryCheck {
  public:
    // Both below the root; `path` is empty for the root itself, `target` for all but a hard link.
    struct Place {
        std::string path;
        std::string target;
    };

    // Throws BackendError `invalid` for an entry that must not be, as import_folder does, and
    // `exhausted` for one too many.
    Place admit(const TarEntry& entry);

  private:
    Place admit_root(const TarEntry& entry);
    std::string target_of(const TarEntry& entry) const;
    void remember(const std::string& path, EntryKind kind);

    std::unordered_map<std::string, EntryKind> known_;
    std::size_t bytes_ = 0;
    std::int64_t entries_ = 0;
    bool has_root_ = false;
};

}  // namespace nexus::archive
