// What is noted of each file of a tar, its content hashed as it passes.
// Threads: the one that made it.
#pragma once

#include <nexus/backend.hpp>

#include "archive/tar_reader.hpp"
#include "backup/file_note.hpp"
#include "backup/sha256.hpp"

namespace nexus::backup {

class TarNotes {
  public:
    explicit TarNotes(archive::TarReader::Source source);
    TarNotes(const TarNotes&) = delete;
    TarNotes& operator=(const TarNotes&) = delete;

    // The next entry; false at the end. Throws what the source does, and BackendError `invalid` for
    // what is no whole tar, or has what could not be restored.
    bool next(FileNote& note);

    // Of those so far but the root, and of their content with its holes: as VolumeCopy's.
    std::int64_t entries() const noexcept { return entries_; }
    std::int64_t file_bytes() const noexcept { return file_bytes_; }
    // The entry that was begun last, for messages.
    const std::string& current() const noexcept { return entry_.path; }

  private:
    void hash_content(FileNote& note);
    void mark(std::int64_t number);

    const CallContext context_;
    archive::Losses losses_;
    archive::TarReader tar_;
    archive::TarEntry entry_;
    Sha256 hash_;
    std::int64_t entries_ = 0;
    std::int64_t file_bytes_ = 0;
};

}  // namespace nexus::backup
