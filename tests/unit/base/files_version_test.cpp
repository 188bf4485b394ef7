#include <doctest/doctest.h>

#include <filesystem>

#include "base/files.hpp"
#include "support/temp_dir.hpp"
#include "unit/base/refusal.hpp"

using namespace nexus;
using test::refusal;
using test::TempDir;
namespace fs = std::filesystem;

TEST_CASE("a file's version changes with its content, and only with it") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    const auto below = directory.ensure("below", 0700);
    CHECK_FALSE(directory.version("below", "x"));
    CHECK_FALSE(directory.version("nowhere", "x"));
    below.write("x", "one", 0600);
    const auto first = directory.version("below", "x");
    REQUIRE(first);
    CHECK(first->size == 3);
    CHECK(directory.version("below", "x") == first);
    CHECK(directory.read("below", "x", 3) == "one");
    CHECK(directory.version("below", "x") == first);

    // The old file is kept, so that its inode is not given to the new one: the times alone may be
    // of one tick of the clock.
    fs::create_hard_link(folder / "below/x", folder / "old");
    below.write("x", "two", 0600);
    const auto second = directory.version("below", "x");
    REQUIRE(second);
    CHECK(second != first);
    CHECK(second->inode != first->inode);
    test::write_file(folder / "below/x", "longer");
    CHECK(directory.version("below", "x") != second);
    below.remove("x");
    CHECK_FALSE(directory.version("below", "x"));
}

TEST_CASE("a version is that of a link itself, and of no name that leads elsewhere") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.ensure("below", 0700).write("x", "content", 0600);
    fs::create_symlink("x", folder / "below/link");
    fs::create_symlink("nowhere", folder / "below/dangling");
    CHECK(directory.version("below", "link") != directory.version("below", "x"));
    CHECK(directory.version("below", "dangling"));
    test::write_file(folder / "file", "");
    CHECK_FALSE(directory.version("file", "x"));
    for (const char* name : {"", ".", "..", "../below"}) {
        CAPTURE(name);
        CHECK(refusal([&] { directory.version(name, "x"); }) != "");
        CHECK(refusal([&] { directory.version("below", name); }) != "");
    }
}

TEST_CASE("a version is told of a file several steps below") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.ensure("a", 0700).ensure("b", 0700).write("x", "content", 0600);
    CHECK(directory.version("a/b", "x"));
    CHECK_FALSE(directory.version("a/c", "x"));
    for (const char* name : {"/a", "a/../a", "a/./b"}) {
        CAPTURE(name);
        CHECK(refusal([&] { directory.version(name, "x"); }) != "");
    }
}
