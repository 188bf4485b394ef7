#include "conformance/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>

#include "conformance/check.hpp"

namespace nexus::conformance {
namespace {

using Writing = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Reading = std::unique_ptr<archive, decltype(&archive_read_free)>;
using ArchiveEntry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

la_ssize_t append(archive* /*archive*/, void* text, const void* data, std::size_t size) {
    static_cast<std::string*>(text)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
}

void require(int result, archive* handle) {
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    const char* const problem = archive_error_string(handle);
    throw Broken(std::string("the tar cannot be handled: ") +
                 (problem == nullptr ? "for an unknown reason" : problem));
}

void write(archive* out, const Entry& from) {
    const ArchiveEntry entry(archive_entry_new(), &archive_entry_free);
    const auto size = from.hole + static_cast<std::int64_t>(from.content.size());
    archive_entry_set_pathname(entry.get(), from.path.c_str());
    if (from.type == 0) {
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_hardlink(entry.get(), from.link.c_str());
    } else {
        archive_entry_set_filetype(entry.get(), from.type);
        if (from.type == S_IFLNK) archive_entry_set_symlink(entry.get(), from.link.c_str());
    }
    archive_entry_set_perm(entry.get(), from.mode);
    archive_entry_set_uid(entry.get(), from.uid);
    archive_entry_set_gid(entry.get(), from.gid);
    archive_entry_set_mtime(entry.get(), from.seconds, from.nanoseconds);
    archive_entry_set_size(entry.get(), from.type == S_IFREG ? size : 0);
    for (const auto& [name, value] : from.attributes)
        archive_entry_xattr_add_entry(entry.get(), name.c_str(), value.data(), value.size());
    if (from.hole > 0) archive_entry_sparse_add_entry(entry.get(), from.hole, size - from.hole);
    require(archive_write_header(out, entry.get()), out);
    const std::string whole = std::string(static_cast<std::size_t>(from.hole), '\0') + from.content;
    if (from.type == S_IFREG && !whole.empty()) archive_write_data(out, whole.data(), whole.size());
}

std::string text_of(const char* text) {
    return text == nullptr ? "" : text;
}

std::string content_of(archive* in) {
    std::string content;
    std::array<char, 65'536> piece{};
    la_ssize_t got = 0;
    while ((got = archive_read_data(in, piece.data(), piece.size())) > 0)
        content.append(piece.data(), static_cast<std::size_t>(got));
    if (got < 0) require(static_cast<int>(got), in);
    return content;
}

Entry entry_of(archive* in, archive_entry* entry) {
    Entry result;
    result.path = text_of(archive_entry_pathname(entry));
    result.link = text_of(archive_entry_hardlink(entry));
    result.type = result.link.empty() ? archive_entry_filetype(entry) : 0;
    if (result.type == S_IFLNK) result.link = text_of(archive_entry_symlink(entry));
    result.mode = archive_entry_perm(entry);
    result.uid = archive_entry_uid(entry);
    result.gid = archive_entry_gid(entry);
    result.seconds = archive_entry_mtime(entry);
    result.nanoseconds = archive_entry_mtime_nsec(entry);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    archive_entry_xattr_reset(entry);
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
        result.attributes[name] = std::string(static_cast<const char*>(value), size);
    la_int64_t first = 0;
    la_int64_t length = 0;
    archive_entry_sparse_reset(entry);
    if (archive_entry_sparse_next(entry, &first, &length) == ARCHIVE_OK) result.hole = first;
    if (result.type == S_IFREG) {
        result.content = content_of(in).substr(static_cast<std::size_t>(result.hole));
    }
    return result;
}

}  // namespace

std::string make_archive(const std::vector<Entry>& entries) {
    std::string bytes;
    const Writing out(archive_write_new(), &archive_write_free);
    require(archive_write_set_format_pax(out.get()), out.get());
    archive_write_set_bytes_per_block(out.get(), 0);
    require(archive_write_open(out.get(), &bytes, nullptr, &append, nullptr), out.get());
    for (const auto& entry : entries)
        write(out.get(), entry);
    require(archive_write_close(out.get()), out.get());
    return bytes;
}

std::vector<Entry> read_archive(std::string_view bytes) {
    constexpr std::size_t end_blocks = 1024;
    if (bytes.size() < end_blocks ||
        bytes.substr(bytes.size() - end_blocks).find_first_not_of('\0') != std::string_view::npos) {
        throw Broken("the export does not end as a tar does, with two blocks of zeros");
    }
    std::vector<Entry> entries;
    const Reading in(archive_read_new(), &archive_read_free);
    archive_read_support_format_tar(in.get());
    archive_read_support_format_empty(in.get());
    require(archive_read_open_memory(in.get(), bytes.data(), bytes.size()), in.get());
    archive_entry* entry = nullptr;
    int result = ARCHIVE_OK;
    while ((result = archive_read_next_header(in.get(), &entry)) != ARCHIVE_EOF) {
        require(result, in.get());
        entries.push_back(entry_of(in.get(), entry));
    }
    return entries;
}

}  // namespace nexus::conformance
