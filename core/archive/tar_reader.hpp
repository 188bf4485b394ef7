// Reads a tar as a stream: any of its kinds, whose bytes are hostile until they have been checked.
// Threads: one at a time, the one that made it.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <nexus/backend.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/file_facts.hpp"
#include "archive/tar_locale.hpp"

struct archive;
struct archive_entry;

namespace nexus::archive {

enum class EntryKind { file, folder, symlink, hardlink, fifo };

struct TarEntry {
    std::string path;  // as it is written there, for messages
    EntryKind kind = EntryKind::file;
    std::string target;  // of a link
    std::int64_t size = 0;
    FileFacts facts;
};

// What becomes of a device node, and of further names of one: an entry that must not be, or one
// that is passed over and told as a loss.
enum class Devices { refused, left_out };

class TarReader {
  public:
    // The next bytes of the tar, valid until the next call; empty at the end. What it throws comes
    // out of the call that needed them.
    using Source = std::function<std::string_view()>;

    // Throws std::bad_alloc. What cannot be kept of an entry goes to `losses`.
    TarReader(const CallContext& ctx, int fd, Losses& losses, Devices devices = Devices::refused);
    TarReader(const CallContext& ctx, Source source, Losses& losses,
              Devices devices = Devices::refused);
    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;

    // The next entry; false at the end, which is read to the end of the source. Throws
    // BackendError `invalid` for what is no tar, is cut, goes on behind its end or has an entry of
    // a kind that must not be; `internal` where the descriptor cannot be read; `timeout` and
    // `cancelled`.
    bool next(TarEntry& entry);

    // The next content of that entry, which is not a hole, inside its size. False at its end.
    // Throws like next().
    bool content(std::int64_t& offset, std::string_view& bytes);

  private:
    std::string_view read_from(int fd);
    std::string_view read();
    void open();
    void check(int result);
    void read_end();
    bool is_left_out(archive_entry* from);
    void read_entry(archive_entry* from, TarEntry& entry);
    void read_attributes(archive_entry* from, TarEntry& entry);

    const CallContext& ctx_;
    const Source source_;
    Losses& losses_;
    const Devices devices_;
    std::set<std::string> left_out_;  // their paths
    const TarLocale locale_;
    std::vector<char> buffer_;  // of a descriptor's bytes
    std::int64_t received_ = 0;
    std::int64_t zeros_ = 0;  // at the end of what was received
    std::exception_ptr failure_;
    std::string path_;  // of the last entry
    std::int64_t size_ = 0;
    std::unique_ptr<::archive, void (*)(::archive*)> archive_;
};

}  // namespace nexus::archive
