// A blob store of its own, and tars to put into it. Threads: one at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/tar_writer.hpp"
#include "backup/blob_store.hpp"
#include "backup/file_note.hpp"
#include "backup/manifest.hpp"
#include "support/temp_dir.hpp"

namespace nexus::backup {

class BlobHouse {
  public:
    BlobFacts add(std::string_view tar) const;
    // The whole tar, as read() gives it.
    std::string read(const BlobFacts& facts) const;
    void verify(const BlobFacts& facts) const;

    std::string tar_path(const BlobFacts& facts) const;
    std::string list_path(const BlobFacts& facts) const;
    std::vector<FileNote> list(const BlobFacts& facts) const;
    void write_list(const BlobFacts& facts, const std::vector<FileNote>& notes) const;
    bool is_empty() const;  // neither a blob nor a part of one

    const test::TempDir temp;
    const BackupDir dir{temp / "backup"};
    const BlobStore blobs{dir};
};

// What the BlobDamaged says that `act` throws; empty where it throws none.
std::string damage(const std::function<void()>& act);

// A tar with what `fill` writes, whose root "./" comes first; it was changed at `mtime`, in
// seconds.
std::string tar_with(const std::function<void(archive::TarWriter&)>& fill, time_t mtime = 0);

// The tar of a folder with these files, path → content. All were changed at `mtime`, in seconds.
std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files, time_t mtime = 0);

// The SHA-256 of `bytes`.
std::string digest_of(std::string_view bytes);

// Bytes that do not compress; the same each time.
std::string noise(std::size_t size);

// `bytes` as one zstd frame.
std::string compressed(std::string_view bytes);

// What a run says of such a blob.
Part part_of(PartName name, const BlobFacts& facts);

void no_limit();  // a Permit

}  // namespace nexus::backup
