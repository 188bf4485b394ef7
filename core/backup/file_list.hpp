// The list of a blob's files: a line of JSON for each in the order of the tar, compressed. What is
// read may be damaged or a lie. Threads: one at a time for each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backup/file_note.hpp"
#include "backup/zstd_stream.hpp"

namespace nexus::backup {

class FileListWriter {
  public:
    // `fd` stays the caller's and must outlive it. All throw what ZstdWriter does.
    explicit FileListWriter(int fd) : out_(fd, 0) {}
    void add(const FileNote& note);
    void finish() { out_.finish(); }
    std::int64_t written() const noexcept { return out_.written(); }

  private:
    ZstdWriter out_;
};

class FileListReader {
  public:
    explicit FileListReader(int fd) : in_(fd) {}

    // The next file; false at the end. Throws ZstdDamaged, json::Error that names the line, and
    // std::system_error.
    bool next(FileNote& note);

  private:
    bool fill();

    ZstdReader in_;
    std::string text_;       // read, and not yet given
    std::size_t begin_ = 0;  // of the next line in it
    std::int64_t line_ = 0;
};

}  // namespace nexus::backup
