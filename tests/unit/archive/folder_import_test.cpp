#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "archive/folder_archive.hpp"
#include "unit/archive/folder_fixture.hpp"

namespace nexus::archive {
namespace {

namespace fs = std::filesystem;

struct Item {
    std::string path;
    mode_t type = S_IFREG;
    std::string link = {};  // the target of a link, also of a hard one
    bool hard = false;
    std::int64_t uid = ::geteuid();
};

using Items = std::vector<Item>;

std::string tar_of(const Items& items, std::string_view content = "content") {
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

struct Target {
    Target() {
        fs::create_directory(temp / "to");
        fs::create_directory(temp / "outside");
        test::write_file(temp / "outside/file", "untouched");
    }
    std::string path() const { return temp / "to"; }
    BackendError error(std::string_view bytes) const {
        return error_of([&] { import_bytes(path(), bytes); });
    }
    bool outside_is_untouched() const {
        return test::read_file(temp / "outside/file") == "untouched" &&
               std::distance(fs::directory_iterator(temp / "outside"), {}) == 1 &&
               std::distance(fs::directory_iterator(temp.path()), {}) == 2;
    }
    test::TempDir temp;
};

TEST_CASE("an entry that must not be is refused by its name and harms nothing") {
    const Target probe;
    const std::string outside = probe.temp / "outside";
    const struct {
        const char* what;
        Items items;
        const char* message;
    } cases[] = {
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
    for (const auto& c : cases) {
        CAPTURE(c.what);
        const Target target;
        const BackendError error = target.error(tar_of(c.items));
        const std::string message = error.what();
        CAPTURE(message);
        CHECK(error.code() == Code::invalid);
        CHECK(message.find(c.message) != std::string::npos);
        CHECK(target.outside_is_untouched());
    }
    CHECK(probe.outside_is_untouched());
}

TEST_CASE("what is no whole tar is refused") {
    const std::string good = tar_of({{"./", S_IFDIR}, {"a"}, {"b"}});
    std::string wrong_sum = good;
    wrong_sum[wrong_sum.find("ustar")] = 'X';
    const auto end = good.find_last_not_of('\0') / 512 * 512 + 512;
    const struct {
        const char* what;
        std::string bytes;
    } cases[] = {
        {"empty", ""},
        {"a byte", "x"},
        {"text", std::string(20'000, 'x')},
        {"a zip", "PK\3\4" + std::string(2000, '\7')},
        {"one block of zeros", std::string(512, '\0')},
        {"cut in a header", good.substr(0, 700)},
        {"cut in content", good.substr(0, end - 512 + 3)},
        {"without an end", good.substr(0, end)},
        {"with half an end", good.substr(0, end + 512)},
        {"with a part of its end", good.substr(0, end + 1000)},
        {"wrong sum", wrong_sum},
        {"garbage behind", good + "x"},
        {"another behind", good + good},
        {"garbage far behind", good + std::string(1 << 20, '\0') + "x"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.what);
        const Target target;
        const BackendError error = target.error(c.bytes);
        CAPTURE(error.what());
        CHECK(error.code() == Code::invalid);
    }
    const Target target;
    CHECK(import_bytes(target.path(), good + std::string(1 << 20, '\0')).entries == 2);
}

TEST_CASE("every cut of an archive is refused") {
    const std::string good = tar_of({{"./", S_IFDIR}, {"a"}, {"l", S_IFLNK, "a"}});
    const auto end = good.find_last_not_of('\0') / 512 * 512 + 512 + 1024;
    for (std::size_t size = 0; size < end; size += 37) {
        CAPTURE(size);
        const Target target;
        CHECK(target.error(good.substr(0, size)).code() == Code::invalid);
    }
}

TEST_CASE("an import wants a folder that is there and empty") {
    const Target target;
    const std::string good = tar_of({{"a"}});
    test::write_file(target.path() + "/.hidden", "");
    CHECK(target.error(good).code() == Code::conflict);
    CHECK(error_of([&] { import_bytes(target.temp / "none", good); }).code() == Code::not_found);
    CHECK(error_of([&] { exported(target.temp / "none"); }).code() == Code::not_found);
    fs::create_symlink(target.path(), target.temp / "link");
    CHECK(error_of([&] { exported(target.temp / "link"); }).code() == Code::internal);
}

TEST_CASE("links that lead outside are only kept") {
    const Target target;
    const std::string outside = target.temp / "outside/file";
    import_bytes(target.path(), tar_of({{"l", S_IFLNK, outside},
                                        {"second", S_IFREG, "l", true},
                                        {"up", S_IFLNK, "../../../.."}}));
    CHECK(fs::read_symlink(target.path() + "/l") == outside);
    CHECK(fs::read_symlink(target.path() + "/second") == outside);
    CHECK(target.outside_is_untouched());
}

TEST_CASE("what the tar program writes is read, and it reads what is written here") {
    const Target target;
    const std::string from = target.temp / "outside";
    fill_volume(from);
    fs::remove(from + "/folder/large");
    const std::string tar = target.temp / "made.tar";
    SUBCASE("its pax archives") {
        shell("tar -C " + from + " --sort=name --xattrs --xattrs-include='*' --format=pax -S -cf " +
              tar + " .");
        import_bytes(target.path(), test::read_file(tar));
        const auto was = seen_in(from);
        const auto is = seen_in(target.path());
        REQUIRE(was.size() == is.size());
        for (const auto& entry : was) {
            const auto& [path, seen] = entry;
            CAPTURE(entry.first);
            // It writes no access lists as attributes.
            if (seen.find("posix_acl") == std::string::npos) CHECK(is.at(path) == seen);
        }
    }
    SUBCASE("its own format") {
        shell("tar -C " + from + " --format=gnu -S -cf " + tar + " .");
        import_bytes(target.path(), test::read_file(tar));
        CHECK(seen_in(target.path()).size() == seen_in(from).size());
        CHECK(test::read_file(target.path() + "/folder/plain") == std::string("a\0b", 3));
    }
    SUBCASE("an export") {
        test::write_file(tar, exported(from));
        shell("tar -tf " + tar + " >/dev/null");
        shell("tar --xattrs --xattrs-include='*' -C " + target.path() + " -xpf " + tar);
        const auto was = seen_in(from);
        const auto is = seen_in(target.path());
        REQUIRE(was.size() == is.size());
        for (const auto& entry : was) {
            const auto& [path, seen] = entry;
            CAPTURE(entry.first);
            // It writes holes in blocks of its own size.
            const bool differs =
                path.find("sparse") != std::string::npos || path.find("ends") != std::string::npos;
            if (!differs && seen.find("posix_acl") == std::string::npos) CHECK(is.at(path) == seen);
        }
    }
}

}  // namespace
}  // namespace nexus::archive
