#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "base/files.hpp"
#include "support/temp_dir.hpp"

using namespace nexus;
using test::TempDir;
namespace fs = std::filesystem;

namespace {

// Descriptors that this process may have from now on, until the end of the scope.
class FewDescriptors {
  public:
    explicit FewDescriptors(rlim_t more) {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const UniqueFd next(::open("/", O_PATH | O_CLOEXEC));
        rlimit few = before_;
        few.rlim_cur = static_cast<rlim_t>(next.get()) + more;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    }
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;

  private:
    rlimit before_{};
};

void make_files(const Directory& directory, int count) {
    for (int i = 0; i < count; ++i) {
        const std::string name = std::to_string(i);
        REQUIRE(::mknodat(directory.fd(), name.c_str(), S_IFREG | 0600, 0) == 0);
    }
}

}  // namespace

TEST_CASE("a whole tree is removed, and removing nothing is no error") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    fs::create_directories(folder / "tree/a/b/c");
    test::write_file(folder / "tree/a/file", "x");
    test::write_file(folder / "tree/a/b/c/file", "x");
    fs::create_symlink("/", folder / "tree/a/b/root");
    test::write_file(folder / "kept", "x");
    directory.remove("tree");
    CHECK(directory.names() == std::vector<std::string>{"kept"});
    directory.remove("tree");
    directory.remove("kept");
    CHECK(directory.names().empty());
}

TEST_CASE("a tree that was made deep on purpose is removed with a handful of descriptors") {
    constexpr int depth = 5000;  // beyond PATH_MAX
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    auto below = directory.ensure("tree", 0700);
    for (int level = 0; level < depth; ++level) {
        below = below.ensure("d", 0700);
        if (level % 100 == 0) make_files(below, 3);
    }
    const FewDescriptors few(8);
    directory.remove("tree");
    CHECK(directory.names().empty());
}

TEST_CASE("a folder of very many files, and one of very many folders, is removed") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    constexpr int files = 20'000;
    make_files(directory.ensure("tree", 0700), files);
    make_files(directory.find("tree")->ensure("below", 0700), 2000);
    const auto wide = directory.ensure("wide", 0700);
    constexpr int folders = 500;
    for (int i = 0; i < folders; ++i)
        make_files(wide.ensure(std::to_string(i), 0700), 2);
    const FewDescriptors few(8);
    directory.remove("tree");
    directory.remove("wide");
    CHECK(directory.names().empty());
}

TEST_CASE("a tree of everything that is no plain file is removed") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    directory.ensure("tree", 0700).ensure("closed", 0);
    const auto tree = directory.find("tree");
    REQUIRE(::mkfifoat(tree->fd(), "fifo", 0) == 0);
    REQUIRE(::mknodat(tree->fd(), "socket", S_IFSOCK, 0) == 0);
    REQUIRE(::symlinkat("socket", tree->fd(), "link") == 0);
    REQUIRE(::symlinkat(".", tree->fd(), "loop") == 0);
    for (const char* name : {"-rf", "new\nline", "\xff\xfe", " ", "...", "*"}) {
        tree->ensure(name, 0700).write(name, "x", 0);
    }
    directory.remove("tree");
    CHECK(directory.names().empty());
}

TEST_CASE("a removal ends while somebody goes on filling the tree") {
    const TempDir folder;
    const auto directory = Directory::open(folder.path().string());
    const auto tree = directory.ensure("tree", 0700);
    make_files(tree, 1000);
    std::atomic<bool> over = false;
    std::thread tenant([&] {
        while (!over)
            ::mknodat(tree.fd(), "again", S_IFREG | 0600, 0);
    });
    // It wins in the end, since a folder that was removed takes no new file.
    try {
        directory.remove("tree");
        CHECK_FALSE(directory.exists("tree"));
    } catch (const std::system_error& error) {
        CHECK(std::string(error.what()).find(folder / "tree") != std::string::npos);
    }
    over = true;
    tenant.join();
}

TEST_CASE("a removal meets a folder that becomes a link and never goes through it") {
    const TempDir folder;
    fs::create_directories(folder / "outside/deep");
    test::write_file(folder / "outside/precious", "keep");
    fs::create_directories(folder / "inside/folder");
    fs::create_directory_symlink(folder / "outside", folder / "inside/other");
    const auto inside = Directory::open(folder / "inside");
    std::atomic<bool> over = false;
    std::thread tenant([&] {
        while (!over) {
            ::renameat2(inside.fd(), "folder", inside.fd(), "other", RENAME_EXCHANGE);
            ::mkdirat(inside.fd(), "folder", 0700);
            ::mkdirat(inside.fd(), "folder/below", 0700);
            ::symlinkat("../outside", inside.fd(), "other");
        }
    });
    constexpr int rounds = 2000;
    for (int round = 0; round < rounds; ++round) {
        try {
            inside.remove("folder");
        } catch (const std::system_error& error) {
            REQUIRE(std::string(error.what()).find(folder / "inside/folder") != std::string::npos);
        }
    }
    over = true;
    tenant.join();
    CHECK(test::read_file(folder / "outside/precious") == "keep");
    CHECK(fs::is_directory(folder / "outside/deep"));
}
