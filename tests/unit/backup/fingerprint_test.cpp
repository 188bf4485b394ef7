#include "backup/fingerprint.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <nexus/unique_fd.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/backend_call.hpp"
#include "support/backend_error.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using test::Cancellation;
using test::error_of;
using test::within;
using test::write_file;

std::string now_of(const std::string& path) {
    return fingerprint(within(seconds(60)), path);
}

// The fingerprint once what was written is old enough to have one.
std::string settled(const std::string& path) {
    std::string found;
    test::wait_until([&] { return !(found = now_of(path)).empty(); }, seconds(60),
                     "the folder is settled");
    return found;
}

struct Tree {
    test::TempDir temp;
    std::string root = temp / "volume";
    Tree() {
        fs::create_directories(root + "/folder/inner");
        write_file(root + "/folder/file", "content");
        write_file(root + "/folder/inner/file", "content");
        write_file(root + "/file", "content");
        fs::create_symlink("nowhere", root + "/link");
    }
};

void set_modified(const std::string& path, timespec time) {
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, time};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0);
}

TEST_CASE("a folder that nobody changed has the same fingerprint") {
    const Tree tree;
    const std::string first = settled(tree.root);
    CHECK(first.size() == 64);
    CHECK(now_of(tree.root) == first);
    CHECK(test::read_file(tree.root + "/folder/file") == "content");  // to read is no change
    CHECK(now_of(tree.root) == first);
}

// Each is made to a tree of its own.
struct Change {
    const char* what;
    void (*make)(const std::string& root);
};

const std::string inner = "/folder/inner/file";

const Change changes[] = {
    {"the content, its size and time as they were",
     [](const std::string& root) {
         struct stat before {};
         REQUIRE(::stat((root + inner).c_str(), &before) == 0);
         write_file(root + inner, "CONTENT");
         set_modified(root + inner, before.st_mtim);
     }},
    {"a mode",
     [](const std::string& root) { fs::permissions(root + inner, fs::perms::owner_all); }},
    {"a file more, and one less",
     [](const std::string& root) {
         write_file(root + "/more", "");
         fs::remove(root + "/more");
     }},
    {"a name",
     [](const std::string& root) { fs::rename(root + inner, root + "/folder/inner/other"); }},
    {"a link's target",
     [](const std::string& root) {
         fs::remove(root + "/link");
         fs::create_symlink("elsewhere", root + "/link");
     }},
    {"another file in the place of one, the same to see",
     [](const std::string& root) {
         struct stat before {};
         REQUIRE(::stat((root + inner).c_str(), &before) == 0);
         write_file(root + "/new", "content");
         set_modified(root + "/new", before.st_mtim);
         fs::rename(root + "/new", root + inner);
     }},
    {"the folder itself",
     [](const std::string& root) { fs::permissions(root, fs::perms::owner_all); }},
};

TEST_CASE("any change of a folder is another fingerprint, none while it may go on unseen") {
    const Tree trees[std::size(changes)];
    std::vector<std::string> before;
    for (const auto& tree : trees)
        before.push_back(settled(tree.root));
    for (std::size_t i = 0; i < std::size(changes); ++i) {
        CAPTURE(changes[i].what);
        changes[i].make(trees[i].root);
        CHECK(now_of(trees[i].root).empty());
    }
    for (std::size_t i = 0; i < std::size(changes); ++i) {
        CAPTURE(changes[i].what);
        CHECK(settled(trees[i].root) != before[i]);
    }
}

TEST_CASE("a time of content that lies in the future keeps no folder from being settled") {
    const Tree tree;
    set_modified(tree.root + "/file", {4'300'000'000, 999'999'999});
    CHECK(settled(tree.root).size() == 64);
    set_modified(tree.root + "/file", {-5, 0});
    CHECK(settled(tree.root).size() == 64);
}

TEST_CASE("what a link leads to and files that nobody may read are not looked into") {
    const Tree tree;
    write_file(tree.temp / "outside", "outside");
    fs::create_symlink(tree.temp / "outside", tree.root + "/out");
    fs::create_directory_symlink("/", tree.root + "/up");
    REQUIRE(::mkfifo((tree.root + "/fifo").c_str(), 0600) == 0);
    const std::string before = settled(tree.root);
    write_file(tree.temp / "outside", "changed");
    CHECK(now_of(tree.root) == before);
}

TEST_CASE("a folder that is not there, a call that is over and one that is cancelled are refused") {
    const Tree tree;
    CHECK(error_of([&] { now_of(tree.root + "/missing"); }).code() == Code::not_found);
    CHECK(error_of([&] { now_of(tree.root + "/file"); }).code() != Code::ok);
    fs::create_directory_symlink(tree.root, tree.temp / "link");
    CHECK(error_of([&] { now_of(tree.temp / "link"); }).code() != Code::ok);
    CHECK(error_of([&] { fingerprint(within(seconds(0)), tree.root); }).code() == Code::timeout);
    const Cancellation cancellation;
    cancellation.cancel();
    const auto call = cancellation.within(seconds(60));
    CHECK(error_of([&] { fingerprint(call, tree.root); }).code() == Code::cancelled);
}

TEST_CASE("a deep tree needs no more descriptors than a flat one") {
    const test::TempDir temp;
    const std::string root = temp.path().string();
    constexpr int levels = 400;
    UniqueFd at(::open(root.c_str(), O_RDONLY | O_DIRECTORY));
    for (int i = 0; i < levels; ++i) {
        REQUIRE(::mkdirat(at.get(), "d", 0700) == 0);
        at.reset(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY));
    }
    rlimit usual{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
    const rlimit few{256, usual.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    const std::string before = settled(root);
    UniqueFd(::openat(at.get(), "leaf", O_CREAT | O_WRONLY, 0600)).reset();
    const std::string after = settled(root);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
    CHECK(after != before);
}

TEST_CASE("a folder may change while it is looked at") {
    const Tree tree;
    std::atomic<bool> over = false;
    std::jthread writer([&] {
        while (!over) {
            write_file(tree.root + "/folder/new", "x");
            fs::rename(tree.root + "/folder", tree.root + "/away");
            fs::create_directory_symlink("/", tree.root + "/folder");
            fs::remove(tree.root + "/folder");
            fs::rename(tree.root + "/away", tree.root + "/folder");
            fs::remove(tree.root + "/folder/new");
        }
    });
    int empty = 0;
    constexpr int walks = 50;
    for (int i = 0; i < walks; ++i)
        empty += now_of(tree.root).empty() ? 1 : 0;
    over = true;
    writer.join();
    CHECK(empty == walks);
    CHECK(settled(tree.root).size() == 64);
}

}  // namespace
}  // namespace nexus::backup
