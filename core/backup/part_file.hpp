// A file on its way into BACKUP_DIR: in tmp/ with the ending ".part", and gone with this object
// unless it was given its name. Threads: one at a time.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>

#include "base/files.hpp"

namespace nexus::backup {

class PartFile {
  public:
    // For this user alone (0600). `tmp` must outlive it. All throw std::system_error.
    explicit PartFile(const Directory& tmp);
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    ~PartFile();

    int fd() const noexcept { return file_.get(); }
    // On disk when it returns.
    void sync() const;
    // The open file, which has no name from now on.
    UniqueFd release();
    // In place of what has that name; on disk once `folder` is synced.
    void publish(const Directory& folder, const std::string& name);

  private:
    const Directory& tmp_;
    std::string name_;  // empty once it has another
    UniqueFd file_;
};

}  // namespace nexus::backup
