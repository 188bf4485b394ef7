#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "archive/folder_archive.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/archive/hostile_archives.hpp"

namespace nexus::archive {
namespace {

namespace fs = std::filesystem;

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
    for (const auto& c : hostile_archives(outside)) {
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
