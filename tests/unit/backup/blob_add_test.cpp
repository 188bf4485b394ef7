// Adding to a blob store where something goes wrong, or where others do so as well.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <nexus/unique_fd.hpp>
#include <system_error>
#include <thread>

#include "support/failure.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using archive::error_of;
using archive::is_root;
using archive::memory_file;
using archive::shell;
using test::failure_of;

TEST_CASE("what is no tar, or no whole one, or leads out of the root is not kept") {
    const BlobHouse house;
    const std::string good = tar_of({{"a", std::string(100'000, 'a')}});
    std::string tar = good;
    SUBCASE("nothing at all") {
        tar.clear();
    }
    SUBCASE("something else") {
        tar = noise(100'000);
    }
    SUBCASE("cut in a file") {
        tar.resize(50'000);
    }
    SUBCASE("cut before its end") {
        tar.resize(tar.size() - 1024);
    }
    SUBCASE("with something behind its end") {
        tar += tar;
    }
    SUBCASE("with a path that leaves") {
        tar = tar_of({{"a", "alpha"}, {"../b", "beta"}});
    }
    CHECK(error_of([&] { house.add(tar); }).code() == Code::invalid);
    CHECK(house.is_empty());
    CHECK(house.add(good).added);
}

TEST_CASE("an add ends where it may not go on, and leaves nothing") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", noise(8 << 20)}});
    int left = 10;
    const auto stop = [&] {
        if (left-- == 0) throw Failure(ErrorCode::cancelled, "stop");
    };
    CHECK(failure_of([&] { house.blobs.add(memory_file(tar).get(), stop); }).code() ==
          ErrorCode::cancelled);
    CHECK(house.is_empty());
}

TEST_CASE("what cannot be read is not kept") {
    const BlobHouse house;
    const UniqueFd folder(::open("/", O_RDONLY | O_DIRECTORY));
    CHECK_THROWS_AS(house.blobs.add(folder.get(), no_limit), std::system_error);
    CHECK(house.is_empty());
}

TEST_CASE("a full disk is exhausted, and nothing is left on it") {
    if (!is_root()) return;
    const BlobHouse house;
    const std::string small = house.temp / "small";
    fs::create_directory(small);
    shell("mount -t tmpfs -o size=2m none " + small);
    {
        const BackupDir dir(small);
        const BlobStore blobs(dir);
        CHECK(failure_of([&] {
                  blobs.add(memory_file(tar_of({{"a", noise(6 << 20)}})).get(), no_limit);
              }).code() == ErrorCode::exhausted);
        CHECK(fs::is_empty(small + "/blobs"));
        CHECK(fs::is_empty(small + "/tmp"));
        CHECK(blobs.add(memory_file(tar_of({{"a", noise(1 << 20)}})).get(), no_limit).added);
    }
    shell("umount " + small);
}

TEST_CASE("a process that is killed while it adds leaves no blob") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", noise(8 << 20)}});
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int left = 20;
        house.blobs.add(memory_file(tar).get(), [&] {
            if (left-- == 0) ::kill(::getpid(), SIGKILL);
        });
        ::_exit(0);
    }
    int ended = 0;
    REQUIRE(::waitpid(child, &ended, 0) == child);
    CHECK(WIFSIGNALED(ended));
    CHECK(fs::is_empty(house.temp / "backup/blobs"));
    for (const auto& entry : fs::directory_iterator(house.temp / "backup/tmp"))
        CHECK(entry.path().extension() == ".part");
    CHECK(house.add(tar).added);
}

TEST_CASE("two that add the same at once both have it") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", noise(3 << 20)}});
    std::array<BlobFacts, 4> facts;
    {
        std::vector<std::jthread> adders;
        for (auto& one : facts)
            adders.emplace_back([&] { one = house.add(tar); });
    }
    for (const auto& one : facts) {
        CHECK(one.sha256 == digest_of(tar));
        CHECK(one.blob_bytes == facts[0].blob_bytes);
    }
    house.verify(facts[0]);
    CHECK(fs::is_empty(house.temp / "backup/tmp"));
    CHECK(std::distance(fs::directory_iterator(house.temp / "backup/blobs"), {}) == 2);
}

}  // namespace
}  // namespace nexus::backup
