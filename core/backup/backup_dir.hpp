// BACKUP_DIR: its folders, and who may change what at once. Threads: any, but for one lock each.
#pragma once

#include <cstdint>
#include <nexus/unique_fd.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/files.hpp"

namespace nexus::backup {

// Somebody else works on the whole of BACKUP_DIR; the message says who.
class LockHeld : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class BackupDir {
  public:
    // Makes what is missing, all of it private to this user (0700). Throws std::system_error.
    explicit BackupDir(const std::string& path);

    const Directory& root() const noexcept { return root_; }
    const Directory& blobs() const noexcept { return blobs_; }
    const Directory& runs() const noexcept { return runs_; }
    const Directory& tmp() const noexcept { return tmp_; }
    const std::string& path() const noexcept { return root_.path(); }

    // Of the file system, for this user.
    std::uint64_t free_bytes() const;

    // A new file in tmp/ without a name: it is gone with its descriptor, whatever happens. Mode
    // 0600. Throws std::system_error.
    UniqueFd scratch_file() const;

    // flock(2) on `lock`, for a run over the whole node and for prune; `what` is written into it,
    // with the process's id and the time. Throws LockHeld where another has it: at once, or with
    // `wait` only once `cancel_fd` is readable.
    UniqueFd lock(const std::string& what, bool wait, int cancel_fd) const;

    // flock(2) on blobs/: whoever adds or reads blobs shares it, whoever removes some has it alone.
    // Both wait; they throw Failure `cancelled` once `cancel_fd` is readable.
    UniqueFd share_blobs(int cancel_fd) const;
    UniqueFd own_blobs(int cancel_fd) const;

    // flock(2) on tmp/, for what is made there under the same name each time: whoever sends runs
    // off-site has it alone. Waits as those do.
    UniqueFd own_parcels(int cancel_fd) const;

  private:
    Directory root_;
    Directory blobs_;
    Directory runs_;
    Directory tmp_;
};

}  // namespace nexus::backup
