#include "unit/archive/hostile_archives.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <memory>

namespace nexus::archive {

std::string tar_of(const Items& items, std::string_view content) {
    std::string bytes(1 << 20, '\0');
    std::size_t used = 0;
    const std::unique_ptr<::archive, int (*)(::archive*)> out(::archive_write_new(),
                                                              ::archive_write_free);
    ::archive_write_set_format_pax(out.get());
    REQUIRE(::archive_write_open_memory(out.get(), bytes.data(), bytes.size(), &used) ==
            ARCHIVE_OK);
    for (const Item& item : items) {
        const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(::archive_entry_new(),
                                                                             ::archive_entry_free);
        ::archive_entry_set_pathname(entry.get(), item.path.c_str());
        ::archive_entry_set_mode(entry.get(), item.type | 0755U);
        ::archive_entry_set_uid(entry.get(), item.uid);
        ::archive_entry_set_gid(entry.get(), ::getegid());
        const bool has_content = item.type == S_IFREG && !item.hard;
        ::archive_entry_set_size(entry.get(),
                                 has_content ? static_cast<la_int64_t>(content.size()) : 0);
        if (item.hard) {
            ::archive_entry_set_hardlink(entry.get(), item.link.c_str());
        } else if (item.type == S_IFLNK) {
            ::archive_entry_set_symlink(entry.get(), item.link.c_str());
        }
        REQUIRE(::archive_write_header(out.get(), entry.get()) == ARCHIVE_OK);
        if (has_content) ::archive_write_data(out.get(), content.data(), content.size());
    }
    REQUIRE(::archive_write_close(out.get()) == ARCHIVE_OK);
    bytes.resize(used);
    return bytes;
}

std::vector<HostileArchive> hostile_archives(const std::string& outside) {
    return {
        {"absolute", {{outside + "/new"}}, "is absolute"},
        {"absolute root", {{"/"}}, "is absolute"},
        {"up", {{"../outside/new"}}, "has \"..\""},
        {"up inside", {{"d", S_IFDIR}, {"d/../../outside/new"}}, "has \"..\""},
        {"up at the end", {{"d", S_IFDIR}, {"d/..", S_IFDIR}}, "has \"..\""},
        {"through a link", {{"l", S_IFLNK, outside}, {"l/new"}}, "did not make a folder"},
        {"through a link of a folder inside",
         {{"d", S_IFDIR}, {"l", S_IFLNK, "d"}, {"l/new"}},
         "did not make a folder"},
        {"over a link", {{"l", S_IFLNK, outside + "/file"}, {"l"}}, "twice"},
        {"folder over a link", {{"l", S_IFLNK, outside}, {"l", S_IFDIR}}, "twice"},
        {"folder never made", {{"d/new"}}, "did not make a folder"},
        {"below a file", {{"f"}, {"f/new"}}, "did not make a folder"},
        {"twice", {{"f"}, {"f"}}, "twice"},
        {"twice by another spelling", {{"f"}, {".//f"}}, "twice"},
        {"folder twice", {{"d", S_IFDIR}, {"./d/", S_IFDIR}}, "twice"},
        {"root twice", {{"./", S_IFDIR}, {".", S_IFDIR}}, "root folder twice"},
        {"root is a file", {{"."}}, "root is no folder"},
        {"root is a link", {{"./", S_IFLNK, outside}}, "root is no folder"},
        {"block device", {{"dev", S_IFBLK}}, "only files, folders, links and fifos"},
        {"character device", {{"dev", S_IFCHR}}, "only files, folders, links and fifos"},
        {"hard link outside", {{"l", S_IFREG, outside + "/file", true}}, "is absolute"},
        {"hard link up", {{"l", S_IFREG, "../outside/file", true}}, "has \"..\""},
        {"hard link through a link",
         {{"d", S_IFLNK, outside}, {"l", S_IFREG, "d/file", true}},
         "did not make a folder"},
        {"hard link of nothing", {{"l", S_IFREG, "f", true}, {"f"}}, "no file before it"},
        {"hard link of a folder", {{"d", S_IFDIR}, {"l", S_IFREG, "d", true}}, "no file before it"},
        {"hard link of the root", {{"l", S_IFREG, "./", true}}, "no file before it"},
        {"long name", {{std::string(300, 'n')}}, "too long"},
        {"long path", {{std::string(40'000, '/') + "n"}}, "longer than 32 KiB"},
        {"long link", {{"l", S_IFLNK, std::string(5000, 'n')}}, "too long"},
        {"owner too high", {{"f", S_IFREG, "", false, 0xffffffff}}, "owner"},
    };
}

}  // namespace nexus::archive
