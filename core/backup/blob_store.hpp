// Tars by the SHA-256 of their bytes, compressed, each with a list of its files: the same content
// is kept once. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "backup/backup_dir.hpp"
#include "backup/spread.hpp"

namespace nexus::backup {

// What is known of a blob without looking into it.
struct BlobFacts {
    std::string sha256;
    std::int64_t tar_bytes = 0;
    std::int64_t blob_bytes = 0;  // of both files
    std::int64_t file_bytes = 0;  // of the files' content; a hole counts like data
    std::int64_t entries = 0;     // of the tar, but for its root: as VolumeCopy's
    bool added = false;           // false: it was there already
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
    // Of both files together; nothing where the blob is not there.
    std::optional<std::int64_t> size(const std::string& sha256) const;

    // Reads a whole tar from `tar_fd`, compresses it (zstd -3 with checksum), hashes it and each of
    // its files, and gives both files their names once all is on disk. A blob that is there already
    // is verified, and written anew only where it is damaged. Throws std::system_error; Failure
    // `exhausted` for a full disk; BackendError `invalid` where it is no tar, ends early or has
    // what could not be restored; and nothing is left of it then.
    BlobFacts add(int tar_fd, const Permit& permit) const;

    // Writes the tar to `out_fd`, no more than `tar_bytes`, and compares its hash with its name at
    // the end: what was written is to be used only where this returns. A pipe whose reader has
    // stopped does not hold it for longer than `permit` allows. Throws BlobDamaged, and
    // BackendError `internal` where `out_fd` takes no more, `exhausted` for a full disk.
    void read(const std::string& sha256, std::int64_t tar_bytes, int out_fd,
              const Permit& permit) const;

    // Decodes the blob, and compares the whole and each of its files with what is noted. Throws
    // BlobDamaged.
    void verify(const std::string& sha256, std::int64_t tar_bytes, std::int64_t entries,
                const Permit& permit) const;

  private:
    BlobFacts add_whole(int tar_fd, const Permit& permit) const;
    bool has_good(const BlobFacts& facts, const Permit& permit) const;

    const BackupDir& dir_;
};

}  // namespace nexus::backup
