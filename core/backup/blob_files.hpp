// The two files of a blob, and what is in them where nothing is taken on trust.
// Threads: one at a time for each.
#pragma once

#include <cstdint>
#include <nexus/unique_fd.hpp>
#include <span>
#include <string>

#include "backup/file_list.hpp"
#include "backup/spread.hpp"
#include "backup/tar_notes.hpp"
#include "backup/zstd_stream.hpp"
#include "base/files.hpp"

namespace nexus::backup {

// Their names in blobs/.
std::string tar_name(const std::string& sha256);
std::string list_name(const std::string& sha256);

// Either of them for reading. Throws BlobDamaged where it is missing or is no plain file, and
// std::system_error.
UniqueFd open_blob(const Directory& blobs, const std::string& sha256, const std::string& name);

// What is decoded of a blob, which is never more than its tar.
class BlobTar {
  public:
    // `file` must outlive it.
    BlobTar(const UniqueFd& file, std::string sha256, std::int64_t tar_bytes);

    // A Make for spread(). Throws BlobDamaged and std::system_error.
    std::size_t read(std::span<char> room);
    // Throws BlobDamaged where the tar's hash is not the blob's name.
    void require(const std::string& hashed) const;

  private:
    ZstdReader in_;
    const std::string sha256_;
    std::int64_t left_;
};

// The files of the tar against those of the list.
class BlobFiles {
  public:
    // `list` must outlive it.
    BlobFiles(const UniqueFd& list, std::string sha256);

    // A Reader for spread(). Throws BlobDamaged for the first file that differs, or where there are
    // not so many.
    void compare(Feed& feed, std::int64_t entries);
    // The file in which the tar was cut; empty where it was not.
    const std::string& place() const noexcept { return place_; }

  private:
    void compare_each(TarNotes& tar);

    FileListReader list_;
    const std::string sha256_;
    std::string place_;
};

}  // namespace nexus::backup
