#include "base/files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

#include "support/temp_dir.hpp"
#include "unit/base/refusal.hpp"

using namespace nexus;
using test::refusal;
using test::TempDir;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("a file is written whole, with its mode, and read back") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    const std::string content("a\0b\n", 4);
    directory.write("x", content, 0640);
    CHECK(directory.read("x", 100) == content);
    CHECK(mode_of(folder / "x") == 0640);
    directory.write("x", "", 0600);
    CHECK(directory.read("x", 100) == "");
    CHECK(mode_of(folder / "x") == 0600);
    CHECK(directory.names() == std::vector<std::string>{"x"});
    CHECK(directory.path() == folder.path().string());
    directory.write("big", std::string(1'000'000, 'x'), 0600);
    CHECK(directory.read("big", 1'000'000)->size() == 1'000'000);
}

TEST_CASE("a file in a folder below is read in one step, and through no link") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.ensure("below", 0700).write("x", "content", 0600);
    CHECK(directory.read("below", "x", 7) == "content");
    CHECK_FALSE(directory.read("below", "y", 7));
    CHECK_FALSE(directory.read("nowhere", "x", 7));
    fs::create_directory_symlink("below", folder / "link");
    fs::create_symlink("x", folder / "below/link");
    CHECK_FALSE(refusal([&] { directory.read("below", "x", 6); }).empty());
    CHECK_FALSE(refusal([&] { directory.read("link", "x", 7); }).empty());
    CHECK_FALSE(refusal([&] { directory.read("below", "link", 7); }).empty());
    CHECK_FALSE(refusal([&] { directory.read("..", "x", 7); }).empty());
    CHECK_FALSE(refusal([&] { directory.read("below", "../x", 7); }).empty());
}

TEST_CASE("replacing a file is one step: who has the old one open keeps it") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.write("x", "old", 0600);
    fs::create_hard_link(folder / "x", folder / "old");
    directory.write("x", "new", 0600);
    CHECK(test::read_file(folder / "old") == "old");
    CHECK(test::read_file(folder / "x") == "new");
}

TEST_CASE("a write that fails leaves the old file and nothing beside it") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.write("x", "old", 0600);
    const auto refuse = [] { throw std::system_error(EPERM, std::generic_category(), "refused"); };
    CHECK(refusal([&] { directory.write("x", "new", 0600, refuse); }) != "");
    CHECK(directory.names() == std::vector<std::string>{"x"});
    CHECK(directory.read("x", 10) == "old");
    const std::string longest(256, 'n');
    CHECK(refusal([&] { directory.write(longest, "new", 0600); }).find(longest) !=
          std::string::npos);
    CHECK(directory.names() == std::vector<std::string>{"x"});
}

TEST_CASE("a file is created once") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.create("x", "first", 0640);
    CHECK(refusal([&] { directory.create("x", "second", 0600); }).find(folder / "x") !=
          std::string::npos);
    CHECK(directory.read("x", 10) == "first");
    CHECK(mode_of(folder / "x") == 0640);
    CHECK(refusal([&] { directory.create("../x", "", 0600); }) != "");
}

TEST_CASE("a write replaces whatever has the file's name") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    fs::create_directories(folder / "full/y");
    test::write_file(folder / "full/z", "x");
    fs::create_directory(folder / "empty");
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    for (const char* name : {"full", "empty", "fifo"}) {
        CAPTURE(name);
        directory.write(name, "mine", 0600);
        CHECK(directory.read(name, 10) == "mine");
    }
    CHECK(directory.names().size() == 3);
}

TEST_CASE("what is not there reads as nothing, what is too big or no file is refused") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    CHECK_FALSE(directory.read("absent", 10).has_value());
    CHECK_FALSE(directory.exists("absent"));
    CHECK_FALSE(directory.find("absent").has_value());
    directory.write("x", "12345678901", 0600);
    CHECK(directory.read("x", 11).has_value());
    CHECK(refusal([&] { directory.read("x", 10); }).find(folder / "x") != std::string::npos);
    directory.ensure("folder", 0700);
    CHECK(refusal([&] { directory.read("folder", 10); }) != "");
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(refusal([&] { directory.read("fifo", 10); }).find("not a plain file") !=
          std::string::npos);
    CHECK(refusal([&] { Directory::open(folder / "absent"); }).find(folder / "absent") !=
          std::string::npos);
    CHECK(refusal([&] { Directory::open(folder / "x"); }) != "");
}

TEST_CASE("no name leads out of the directory") {
    const TempDir folder;
    fs::create_directory(folder / "inside");
    test::write_file(folder / "outside", "secret");
    const auto directory = Directory::open(folder / "inside");
    for (const char* name : {"", ".", "..", "../outside", "a/b", "/etc/passwd", "a/"}) {
        CAPTURE(name);
        CHECK(refusal([&] { directory.read(name, 100); }) != "");
        CHECK(refusal([&] { directory.write(name, "x", 0600); }) != "");
        CHECK(refusal([&] { directory.ensure(name, 0700); }) != "");
        CHECK(refusal([&] { directory.find(name); }) != "");
        CHECK(refusal([&] { directory.exists(name); }) != "");
        CHECK(refusal([&] { directory.remove(name); }) != "");
        CHECK(refusal([&] { directory.replace(name, "x"); }) != "");
        CHECK(refusal([&] { directory.replace("x", name); }) != "");
    }
    CHECK(test::read_file(folder / "outside") == "secret");
    CHECK(directory.names().empty());
}

TEST_CASE("no symbolic link is followed") {
    const TempDir folder;
    fs::create_directories(folder / "inside");
    fs::create_directories(folder / "outside/deep");
    test::write_file(folder / "outside/file", "secret");
    fs::create_symlink("../outside/file", folder / "inside/file");
    fs::create_symlink("../outside", folder / "inside/folder");
    fs::create_symlink("nowhere", folder / "inside/dangling");
    const auto directory = Directory::open(folder / "inside");
    CHECK(refusal([&] { directory.read("file", 100); }) != "");
    CHECK(refusal([&] { directory.read("dangling", 100); }) != "");
    CHECK(refusal([&] { directory.find("folder"); }) != "");
    CHECK(refusal([&] { directory.ensure("folder", 0700); }) != "");
    CHECK(directory.exists("dangling"));

    directory.write("file", "mine", 0600);
    CHECK(fs::is_regular_file(fs::symlink_status(folder / "inside/file")));
    directory.remove("folder");
    directory.remove("dangling");
    CHECK(test::read_file(folder / "outside/file") == "secret");
    CHECK(fs::is_directory(folder / "outside/deep"));
    CHECK(directory.names() == std::vector<std::string>{"file"});
}

TEST_CASE("a directory is made once and found again") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    const auto made = directory.ensure("a", 0700);
    CHECK(made.path() == folder / "a");
    CHECK(mode_of(folder / "a") == 0700);
    const mode_t before = ::umask(077);
    directory.ensure("shared", 0755);
    ::umask(before);
    CHECK(mode_of(folder / "shared") == 0755);
    made.write("x", "1", 0600);
    CHECK(directory.ensure("a", 0700).read("x", 10) == "1");
    CHECK(directory.find("a")->exists("x"));
    directory.write("file", "", 0600);
    CHECK(refusal([&] { directory.ensure("file", 0700); }) != "");
}

TEST_CASE("a name is given to something else in one step, and a folder that had it is kept") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.write("a", "1", 0600);
    directory.write("b", "2", 0600);
    CHECK_FALSE(directory.replace("a", "b"));
    CHECK(directory.read("b", 10) == "1");
    CHECK_FALSE(directory.exists("a"));
    CHECK_FALSE(directory.replace("b", "new"));
    directory.ensure("one", 0700).write("x", "3", 0600);
    directory.ensure("two", 0700).write("x", "4", 0600);
    CHECK(directory.replace("one", "two"));
    CHECK(directory.find("two")->read("x", 10) == "3");
    CHECK(directory.find("one")->read("x", 10) == "4");
    CHECK(directory.replace("one", "new"));
    CHECK(directory.read("one", 10) == "1");
    CHECK(directory.replace("one", "new"));
    CHECK(directory.read("new", 10) == "1");
    CHECK(refusal([&] { directory.replace("absent", "new"); }).find(folder / "new") !=
          std::string::npos);
}

TEST_CASE("what a crash left of a write is removed, and nothing else") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    const std::string left = Directory::temporary("x");
    CHECK(left != Directory::temporary("x"));
    directory.write(left, "half", 0600);
    directory.ensure(Directory::temporary("x"), 0700).write("y", "half", 0600);
    const std::vector<std::string> kept{".x.tmp", ".xy.1.tmp", ".y.1.tmp", "x", "x.1.tmp"};
    for (const auto& name : kept)
        directory.write(name, "", 0600);
    directory.remove_leftovers("x");
    auto names = directory.names();
    std::sort(names.begin(), names.end());
    CHECK(names == kept);
}

TEST_CASE("an operator's file is read whole and bounded") {
    const TempDir folder;
    test::write_file(folder / "x", "content");
    CHECK(read_file(folder / "x", 7) == "content");
    CHECK_FALSE(read_file(folder / "absent", 7).has_value());
    CHECK(refusal([&] { read_file(folder / "x", 6); }).find(folder / "x") != std::string::npos);
    CHECK(refusal([&] { read_file(folder.path().string(), 100); }) != "");
}
