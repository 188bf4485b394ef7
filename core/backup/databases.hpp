// Looks through the SQLite databases of a tar as it passes. Threads: the one that made it.
#pragma once

#include <cstdint>
#include <nexus/unique_fd.hpp>
#include <string>
#include <vector>

#include "archive/tar_reader.hpp"
#include "base/files.hpp"

namespace nexus::backup {

class Databases {
  public:
    // Each is put into `folder`, which is private and empty, for as long as it is looked through.
    // Both must outlive it.
    Databases(const Directory& folder, const CallContext& call) : folder_(folder), call_(call) {}

    // Reads the tar to its end. Throws what `tar` does, BackendError `cancelled` and `timeout`,
    // and std::system_error.
    void run(archive::TarReader& tar);

    std::int64_t checked() const noexcept { return checked_; }
    const std::vector<std::string>& notes() const noexcept { return notes_; }
    const std::vector<std::string>& problems() const noexcept { return problems_; }

  private:
    // One database that may still get its journal.
    struct Open {
        std::string path;  // in the tar
        std::string name;  // in folder_
    };

    void take(archive::TarReader& tar, const archive::TarEntry& entry);
    std::string name_for(const archive::TarEntry& entry, std::string_view head);
    void copy(archive::TarReader& tar, const archive::TarEntry& entry, const std::string& name,
              std::string_view head);
    void check(const Open& database);

    const Directory& folder_;
    const CallContext& call_;
    std::vector<Open> open_;
    std::int64_t seen_ = 0;
    std::int64_t checked_ = 0;
    std::vector<std::string> notes_;
    std::vector<std::string> problems_;
};

}  // namespace nexus::backup
