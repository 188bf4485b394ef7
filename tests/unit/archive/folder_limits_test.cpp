#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>

#include "archive/folder_archive.hpp"
#include "unit/archive/folder_fixture.hpp"

namespace nexus::archive {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        reader = UniqueFd(ends[0]);
        writer = UniqueFd(ends[1]);
    }
    UniqueFd reader;
    UniqueFd writer;
};

std::string folder_in(const test::TempDir& parent, const std::string& name) {
    fs::create_directory(parent / name);
    return parent / name;
}

TEST_CASE("an export whose reader does not read ends with its call") {
    const test::TempDir temp;
    test::write_file(temp / "file", std::string(4 << 20, 'x'));
    const Pipe pipe;
    const auto begin = Clock::now();
    SUBCASE("deadline") {
        const auto error = error_of(
            [&] { export_folder(within(milliseconds(200)), temp.path(), pipe.writer.get()); });
        CHECK(error.code() == Code::timeout);
    }
    SUBCASE("cancelled") {
        const Cancellation cancellation;
        std::jthread later([&] {
            pollfd ready{pipe.reader.get(), POLLIN, 0};
            ::poll(&ready, 1, 5000);
            cancellation.cancel();
        });
        const auto error = error_of([&] {
            export_folder(cancellation.within(seconds(30)), temp.path(), pipe.writer.get());
        });
        CHECK(error.code() == Code::cancelled);
    }
    CHECK(Clock::now() - begin < seconds(1));
    CHECK((::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("an export whose reader is gone fails without a signal") {
    const test::TempDir temp;
    Pipe pipe;
    pipe.reader.reset();
    CHECK(error_of([&] {
              export_folder(within(seconds(5)), temp.path(), pipe.writer.get());
          }).code() == Code::internal);
}

TEST_CASE("a huge hole does not outlast the call") {
    const test::TempDir temp;
    const UniqueFd file(::open((temp / "hole").c_str(), O_CREAT | O_WRONLY, 0600));
    REQUIRE(::ftruncate(file.get(), 15LL << 40) == 0);
    const UniqueFd out(::open("/dev/null", O_WRONLY));
    const Cancellation cancellation;
    cancellation.cancel();
    CHECK(error_of([&] {
              export_folder(cancellation.within(seconds(30)), temp.path(), out.get());
          }).code() == Code::cancelled);
    CHECK(export_folder(within(seconds(60)), temp.path(), out.get()).bytes == 15LL << 40);
}

TEST_CASE("an import whose writer does not write ends with its call") {
    const test::TempDir temp;
    const std::string to = folder_in(temp, "to");
    const Pipe pipe;
    const auto begin = Clock::now();
    CHECK(error_of([&] {
              import_folder(within(milliseconds(100)), to, pipe.reader.get());
          }).code() == Code::timeout);
    CHECK(Clock::now() - begin < seconds(1));
}

TEST_CASE("a full disk is exhausted") {
    if (!is_root()) return;
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string to = folder_in(temp, "to");
    test::write_file(from + "/file", std::string(4 << 20, 'x'));
    shell("mount -t tmpfs -o size=1m none " + to);
    const auto error = error_of([&] { import_bytes(to, exported(from)); });
    shell("umount " + to);
    CHECK(error.code() == Code::exhausted);
    CHECK(std::string(error.what()).find("make room") != std::string::npos);
}

TEST_CASE("nothing outside is exported while folders and files become links") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string outside = folder_in(temp, "outside");
    constexpr const char* secret = "WHAT-NOBODY-MAY-SEE";
    for (const std::string& place : {outside + "/inner", from + "/d", from + "/d/inner"})
        fs::create_directory(place);
    test::write_file(outside + "/file", secret);
    test::write_file(outside + "/inner/file", secret);
    for (const std::string& place : {from + "/d/file", from + "/d/inner/file", from + "/f"})
        test::write_file(place, "seen by all");
    const auto swap = [&](const std::string& name, const std::string& target) {
        ::rename((from + "/" + name).c_str(), (temp / ("away" + name)).c_str());
        (void)::symlink(target.c_str(), (from + "/" + name).c_str());
        ::unlink((from + "/" + name).c_str());
        ::rename((temp / ("away" + name)).c_str(), (from + "/" + name).c_str());
    };
    std::atomic<bool> over = false;
    std::jthread swapper([&] {
        while (!over) {
            swap("d", outside);
            swap("f", outside + "/file");
        }
    });
    const auto end = Clock::now() + seconds(2);
    int exports = 0;
    for (; Clock::now() < end; ++exports) {
        const std::string tar = exported(from);
        if (tar.find(secret) != std::string::npos) FAIL_CHECK("something from outside is there");
    }
    over = true;
    swapper.join();
    CHECK(exports > 10);
}

TEST_CASE("a file that changes while it is read is named and the archive stays whole") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string to = folder_in(temp, "to");
    const std::string file = from + "/changes";
    test::write_file(file, std::string(8 << 20, 'x'));
    off_t size = 0;
    SUBCASE("shrinks") {
        size = 3;
    }
    SUBCASE("grows") {
        size = 9 << 20;
    }
    Pipe pipe;
    VolumeCopy out;
    std::jthread writer([&] {
        out = export_folder(within(seconds(30)), from, pipe.writer.get());
        pipe.writer.reset();
    });
    // The export is in the middle of the file as soon as the pipe is full.
    pollfd ready{pipe.reader.get(), POLLIN, 0};
    REQUIRE(::poll(&ready, 1, 10'000) == 1);
    REQUIRE(::truncate(file.c_str(), size) == 0);
    CHECK(import_folder(within(seconds(30)), to, pipe.reader.get()).bytes == 8 << 20);
    writer.join();
    CHECK(fs::file_size(to + "/changes") == 8 << 20);
    CHECK(out.losses.empty());
    CHECK(out.changed == std::vector<std::string>{"./changes"});
}

}  // namespace
}  // namespace nexus::archive
