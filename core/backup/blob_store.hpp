// Tars by the SHA-256 of their bytes, compressed, each with a list of its files: the same content
// is kept once. Threads: any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "backup/backup_dir.hpp"
#include "base/unique_fd.hpp"

namespace nexus::backup {

// Called between pieces of long work; throws Failure where that is to end.
using Permit = std::function<void()>;

// What is known of a blob without looking into it.
struct BlobFacts {
    std::string sha256;
    std::int64_t tar_bytes = 0;
    std::int64_t blob_bytes = 0;  // of both files
    std::int64_t file_bytes = 0;
    std::int64_t entries = 0;
    bool added = false;  // false: it was there already
};

// The blob is not there, or is not what its name and its manifest say. The message names it, and
// the first file that differs.
class BlobDamaged : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class BlobStore {
  public:
    // `dir` must outlive it.
    explicit BlobStore(const BackupDir& dir) : dir_(dir) {}

    bool has(const std::string& sha256) const;

    // Reads a whole tar from `tar_fd`, compresses it (zstd -3 with checksum), hashes it and each of
    // its files, and gives both files their names once all is on disk. Throws std::system_error;
    // Failure `exhausted` for a full disk; BackendError `invalid` where it is no tar, or ends
    // early.
    BlobFacts add(int tar_fd, const Permit& permit) const;

    // Writes the tar to `out_fd`, no more than `tar_bytes`, and compares its hash with its name at
    // the end: what was written is to be used only where this returns. Throws BlobDamaged, and
    // std::system_error where `out_fd` takes no more.
    void read(const std::string& sha256, std::int64_t tar_bytes, int out_fd,
              const Permit& permit) const;

    // Decodes the blob, and compares the whole and each of its files with what is noted. Throws
    // BlobDamaged.
    void verify(const std::string& sha256, std::int64_t tar_bytes, std::int64_t entries,
                const Permit& permit) const;

  private:
    const BackupDir& dir_;
};

}  // namespace nexus::backup
