// Writes a POSIX tar with pax headers, as a stream. Threads: one at a time, the one that made it.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "archive/bulk_writer.hpp"
#include "archive/file_facts.hpp"
#include "archive/tar_locale.hpp"

struct archive;
struct archive_entry;

namespace nexus::archive {

// A part of a file that is no hole.
struct Extent {
    std::int64_t offset = 0;
    std::int64_t length = 0;
};

struct TarHeader {
    std::string path;  // "./a/b"
    const FileFacts& facts;
    std::int64_t size = 0;          // of a regular file
    std::string symlink = {};       // the target of a symbolic link
    std::string hardlink = {};      // the path of the entry that this is a second name of
    std::vector<Extent> data = {};  // of a regular file; one for all of it where it has no hole
};

class TarWriter {
  public:
    // Throws std::bad_alloc.
    TarWriter(const CallContext& ctx, int fd);
    TarWriter(const TarWriter&) = delete;
    TarWriter& operator=(const TarWriter&) = delete;
    ~TarWriter();

    // All of these throw what BulkWriter does, and BackendError `internal` for what a tar cannot
    // hold.
    void header(const TarHeader& header);
    // The next bytes of the last entry's content, and a hole of this many.
    void content(std::string_view bytes);
    void hole(std::int64_t length);
    void finish();

  private:
    class Zeros;

    std::int64_t write(std::string_view bytes);
    void check(std::int64_t result);

    const CallContext& ctx_;
    const TarLocale locale_;
    BulkWriter out_;
    std::exception_ptr failure_;
    bool ending_ = false;
    std::unique_ptr<::archive, void (*)(::archive*)> archive_;
    std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry_;
    std::unique_ptr<Zeros> zeros_;
};

}  // namespace nexus::archive
