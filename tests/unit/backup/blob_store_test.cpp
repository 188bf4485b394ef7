#include "backup/blob_store.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <nexus/unique_fd.hpp>
#include <thread>

#include "support/failure.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using archive::EntryKind;
using archive::error_of;
using archive::memory_file;
using test::failure_of;

struct stat status_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status;
}

TEST_CASE("a tar becomes a blob that has its hash for a name") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", "alpha"}, {"b", std::string(3 << 20, 'b')}, {"c", ""}});
    const BlobFacts facts = house.add(tar);
    CHECK(facts.sha256 == digest_of(tar));
    CHECK(facts.tar_bytes == static_cast<std::int64_t>(tar.size()));
    CHECK(facts.file_bytes == 5 + (3 << 20));
    CHECK(facts.entries == 3);
    CHECK(facts.added);
    CHECK(facts.blob_bytes ==
          status_of(house.tar_path(facts)).st_size + status_of(house.list_path(facts)).st_size);
    CHECK(house.blobs.has(facts.sha256));
    CHECK(house.read(facts) == tar);
    house.verify(facts);
    CHECK(fs::is_empty(house.temp / "backup/tmp"));
}

TEST_CASE("a blob is for its user alone") {
    const BlobHouse house;
    const mode_t before = ::umask(0);
    const BlobFacts facts = house.add(tar_of({{"a", "alpha"}}));
    ::umask(before);
    CHECK((status_of(house.tar_path(facts)).st_mode & ALLPERMS) == 0600);
    CHECK((status_of(house.list_path(facts)).st_mode & ALLPERMS) == 0600);
}

TEST_CASE("the same bytes are kept once and are not written again") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", "alpha"}});
    const BlobFacts first = house.add(tar);
    const auto before = status_of(house.tar_path(first)).st_ino;
    const BlobFacts second = house.add(tar);
    CHECK(second.sha256 == first.sha256);
    CHECK(first.added);
    CHECK_FALSE(second.added);
    CHECK(second.blob_bytes == first.blob_bytes);
    CHECK(second.entries == first.entries);
    CHECK(second.file_bytes == first.file_bytes);
    CHECK(status_of(house.tar_path(first)).st_ino == before);
    CHECK(house.add(tar_of({{"a", "alphb"}})).sha256 != first.sha256);
    CHECK(fs::is_empty(house.temp / "backup/tmp"));
}

TEST_CASE("a blob that is damaged is mended by the same content") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", "alpha"}});
    const BlobFacts facts = house.add(tar);
    SUBCASE("the tar") {
        test::write_file(house.tar_path(facts), "rubbish");
    }
    SUBCASE("the list") {
        test::write_file(house.list_path(facts), "rubbish");
    }
    SUBCASE("half of it is missing") {
        fs::remove(house.list_path(facts));
        CHECK_FALSE(house.blobs.has(facts.sha256));
    }
    CHECK(damage([&] { house.verify(facts); }) != "");
    CHECK(house.add(tar).added);
    house.verify(facts);
    CHECK(house.read(facts) == tar);
}

TEST_CASE("a whole volume comes back from its blob") {
    const BlobHouse house;
    const std::string from = house.temp / "from";
    const std::string to = house.temp / "to";
    fs::create_directory(from);
    fs::create_directory(to);
    archive::fill_volume(from);
    VolumeCopy copy;
    const BlobFacts facts = house.add(archive::exported(from, &copy));
    CHECK(facts.entries == copy.entries);
    CHECK(facts.file_bytes == copy.bytes);
    house.verify(facts);
    archive::import_bytes(to, house.read(facts));
    CHECK(archive::seen_in(to) == archive::seen_in(from));
}

TEST_CASE("the list says what each file is") {
    const BlobHouse house;
    const std::string from = house.temp / "from";
    fs::create_directories(from + "/folder");
    test::write_file(from + "/folder/plain", "content");
    test::write_file(from + "/no \xff text", "");
    fs::create_symlink("folder/\xfe", from + "/link");
    fs::create_hard_link(from + "/folder/plain", from + "/second");
    REQUIRE(::mkfifo((from + "/wait").c_str(), 0622) == 0);
    REQUIRE(::chmod((from + "/folder/plain").c_str(), 04751) == 0);
    REQUIRE(::chmod((from + "/folder").c_str(), 01777) == 0);
    const auto notes = house.list(house.add(archive::exported(from)));
    REQUIRE(notes.size() == 7);
    CHECK(notes[0].path.empty());
    CHECK(notes[0].kind == EntryKind::folder);
    CHECK(notes[1].path == "folder");
    CHECK(notes[1].mode == 01777);
    CHECK(notes[2].path == "folder/plain");
    CHECK(notes[2].kind == EntryKind::file);
    CHECK(notes[2].size == 7);
    CHECK(notes[2].sha256 == digest_of("content"));
    CHECK(notes[2].mode == 04751);
    CHECK(notes[2].uid == ::geteuid());
    CHECK(notes[3].target == "folder/\xfe");
    CHECK(notes[4].path == "no \xff text");
    CHECK(notes[4].sha256 == digest_of(""));
    CHECK(notes[5].kind == EntryKind::hardlink);
    CHECK(notes[5].target == "folder/plain");
    CHECK(notes[6].kind == EntryKind::fifo);
    CHECK(notes[6].path == "wait");
}

TEST_CASE("a tar may come and go through a pipe") {
    const BlobHouse house;
    const std::string tar = tar_of({{"a", noise(3 << 20)}});
    const auto pipe = [] {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        return ends;
    };
    const auto in = pipe();
    std::jthread writer([&, end = in[1]] {
        const UniqueFd owned(end);
        for (std::size_t done = 0; done < tar.size();)
            done += static_cast<std::size_t>(
                std::max<ssize_t>(::write(end, tar.data() + done, tar.size() - done), 0));
    });
    const UniqueFd from(in[0]);
    const BlobFacts facts = house.blobs.add(from.get(), no_limit);
    const auto out = pipe();
    std::string back;
    std::jthread reader([&, end = out[0]] {
        const UniqueFd owned(end);
        std::array<char, 65'536> piece{};
        for (ssize_t got = 0; (got = ::read(end, piece.data(), piece.size())) > 0;)
            back.append(piece.data(), static_cast<std::size_t>(got));
    });
    {
        const UniqueFd to(out[1]);
        house.blobs.read(facts.sha256, facts.tar_bytes, to.get(), no_limit);
    }
    reader.join();
    CHECK(back == tar);
}

TEST_CASE("a pipe that nobody reads does not hold a reader of a blob for ever") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of({{"a", noise(8 << 20)}}));
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    UniqueFd reader(ends[0]);
    const UniqueFd writer(ends[1]);
    SUBCASE("it stopped") {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
        const auto limit = [&] {
            if (std::chrono::steady_clock::now() >= end) throw Failure(ErrorCode::deadline, "over");
        };
        CHECK(failure_of([&] {
                  house.blobs.read(facts.sha256, facts.tar_bytes, writer.get(), limit);
              }).code() == ErrorCode::deadline);
    }
    SUBCASE("it is gone") {
        reader.reset();
        CHECK(error_of([&] {
                  house.blobs.read(facts.sha256, facts.tar_bytes, writer.get(), no_limit);
              }).code() == Code::internal);
    }
}

}  // namespace
}  // namespace nexus::backup
