#include "archive/tar_reader.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <new>

#include "archive/text.hpp"
#include "archive/volume_path.hpp"
#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

constexpr std::size_t buffer_bytes = 256U << 10U;
// Two blocks of zeros end a tar.
constexpr std::int64_t end_bytes = 1024;

[[noreturn]] void invalid(const std::string& problem) {
    throw BackendError(Code::invalid, problem, false);
}

std::string text_of(const char* text) {
    return text == nullptr ? "" : text;
}

EntryKind kind_of(archive_entry* entry, const std::string& path) {
    if (::archive_entry_hardlink(entry) != nullptr) return EntryKind::hardlink;
    switch (::archive_entry_filetype(entry)) {
        case AE_IFREG:
            return EntryKind::file;
        case AE_IFDIR:
            return EntryKind::folder;
        case AE_IFLNK:
            return EntryKind::symlink;
        case AE_IFIFO:
            return EntryKind::fifo;
        default:
            invalid("the archive has a device or something unknown at " + in_quotes(path) +
                    ": only files, folders, links and fifos may be in a volume");
    }
}

// The highest number stands for "leave it as it is".
std::uint32_t id_of(std::int64_t number, const std::string& path) {
    if (number < 0 || number >= std::numeric_limits<std::uint32_t>::max()) {
        invalid("the owner of " + in_quotes(path) + " in the archive is no user or group");
    }
    return static_cast<std::uint32_t>(number);
}

}  // namespace

TarReader::TarReader(const CallContext& ctx, int fd, Losses& losses, Devices devices)
    : TarReader(
          ctx, [this, fd] { return read_from(fd); }, losses, devices) {
    buffer_.resize(buffer_bytes);
}

TarReader::TarReader(const CallContext& ctx, Source source, Losses& losses, Devices devices)
    : ctx_(ctx),
      source_(std::move(source)),
      losses_(losses),
      devices_(devices),
      archive_(::archive_read_new(), [](::archive* made) { ::archive_read_free(made); }) {
    if (!archive_) throw std::bad_alloc();
    check(::archive_read_support_format_tar(archive_.get()));
}

bool TarReader::next(TarEntry& entry) {
    require_time(ctx_, "the archive");
    if (received_ == 0) open();
    archive_entry* found = nullptr;
    do {
        const int result = ::archive_read_next_header(archive_.get(), &found);
        if (result == ARCHIVE_EOF) {
            read_end();
            return false;
        }
        check(result);
    } while (is_left_out(found));
    read_entry(found, entry);
    return true;
}

bool TarReader::content(std::int64_t& offset, std::string_view& bytes) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t at = 0;
    const int result = ::archive_read_data_block(archive_.get(), &data, &size, &at);
    if (result == ARCHIVE_EOF) return false;
    check(result);
    if (at < 0 || at > size_ || size > static_cast<std::uint64_t>(size_ - at)) {
        invalid("the archive has content outside the size of " + in_quotes(path_));
    }
    offset = at;
    bytes = {static_cast<const char*>(data), size};
    return true;
}

void TarReader::open() {
    const auto read = [](::archive* /*archive*/, void* self, const void** data) -> la_ssize_t {
        // No exception can pass through a C library.
        auto* const reader = static_cast<TarReader*>(self);
        try {
            const std::string_view bytes = reader->read();
            *data = bytes.data();
            return static_cast<la_ssize_t>(bytes.size());
        } catch (...) {
            reader->failure_ = std::current_exception();
            return ARCHIVE_FATAL;
        }
    };
    check(::archive_read_open(archive_.get(), this, nullptr, read, nullptr));
}

std::string_view TarReader::read_from(int fd) {
    for (;;) {
        wait_ready(ctx_, fd, POLLIN, "the archive");
        const ssize_t got = ::read(fd, buffer_.data(), buffer_.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) fail(errno, "the archive cannot be read");
        return {buffer_.data(), static_cast<std::size_t>(got)};
    }
}

std::string_view TarReader::read() {
    const std::string_view bytes = source_();
    const auto size = static_cast<std::int64_t>(bytes.size());
    received_ += size;
    const auto last = bytes.find_last_not_of('\0');
    zeros_ =
        last == std::string_view::npos ? zeros_ + size : size - 1 - static_cast<std::int64_t>(last);
    return bytes;
}

// libarchive takes a cut between two entries, and whatever stands behind the end, for an end.
void TarReader::read_end() {
    while (!read().empty()) {
    }
    const std::int64_t behind = received_ - ::archive_read_header_position(archive_.get());
    if (zeros_ < behind) invalid("the archive goes on behind its end, or is damaged there");
    if (behind < end_bytes) invalid("the archive is cut: it has no end");
}

void TarReader::check(int result) {
    if (failure_) std::rethrow_exception(failure_);
    if (result == ARCHIVE_OK) return;
    const std::string problem = short_text(text_of(::archive_error_string(archive_.get())));
    // A name that is not ASCII is left as the bytes that it is, which is what is wanted.
    const bool only_name = problem.find("can't be converted from") != std::string::npos;
    if (result == ARCHIVE_WARN && only_name) return;
    invalid(
        "the archive is no tar, or damaged: " + (problem.empty() ? "it cannot be read" : problem) +
        (path_.empty() ? "" : ", behind " + in_quotes(path_)));
}

bool TarReader::is_left_out(archive_entry* from) {
    constexpr std::size_t most = 65'536;
    if (devices_ == Devices::refused) return false;
    const char* const first_name = ::archive_entry_hardlink(from);
    if (first_name != nullptr) {
        return left_out_.contains(std::string(without_slash(first_name)));
    }
    const auto type = ::archive_entry_filetype(from);
    if (type != AE_IFBLK && type != AE_IFCHR) return false;
    if (left_out_.size() == most) invalid("the archive has too many devices");
    losses_.add("device nodes");
    left_out_.emplace(without_slash(text_of(::archive_entry_pathname(from))));
    return true;
}

void TarReader::read_entry(archive_entry* from, TarEntry& entry) {
    entry.path = text_of(::archive_entry_pathname(from));
    path_ = entry.path;
    entry.kind = kind_of(from, path_);
    entry.size = entry.kind == EntryKind::file ? ::archive_entry_size(from) : 0;
    size_ = entry.size;
    entry.target = text_of(entry.kind == EntryKind::hardlink ? ::archive_entry_hardlink(from)
                                                             : ::archive_entry_symlink(from));
    entry.facts.uid = id_of(::archive_entry_uid(from), path_);
    entry.facts.gid = id_of(::archive_entry_gid(from), path_);
    entry.facts.mode = ::archive_entry_mode(from);
    entry.facts.mtime = {::archive_entry_mtime(from), ::archive_entry_mtime_nsec(from)};
    const long fraction = entry.facts.mtime.tv_nsec;
    if (size_ < 0 || fraction < 0 || fraction >= 1'000'000'000) {
        invalid("the size or time of " + in_quotes(path_) + " in the archive is no number");
    }
    read_attributes(from, entry);
}

void TarReader::read_attributes(archive_entry* from, TarEntry& entry) {
    entry.facts.attributes.clear();
    if (::archive_entry_acl_count(
            from, ARCHIVE_ENTRY_ACL_TYPE_ACCESS | ARCHIVE_ENTRY_ACL_TYPE_DEFAULT) > 0) {
        losses_.add("access control lists that are written as text");
    }
    ::archive_entry_xattr_reset(from);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (::archive_entry_xattr_next(from, &name, &value, &size) == ARCHIVE_OK) {
        if (is_kept(text_of(name))) {
            entry.facts.attributes.emplace_back(name,
                                                std::string(static_cast<const char*>(value), size));
        } else {
            losses_.add("the extended attribute " + in_quotes(text_of(name)));
        }
    }
}

}  // namespace nexus::archive
