#include "backup/backup_dir.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/cancel.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using test::failure_of;

mode_t mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & ALLPERMS;
}

// Another process that has a lock until it is told to end.
class OtherProcess {
  public:
    explicit OtherProcess(const std::function<UniqueFd()>& lock) {
        std::array<int, 2> ready{};
        REQUIRE(::pipe2(ready.data(), O_CLOEXEC) == 0);
        const UniqueFd reader(ready[0]);
        UniqueFd writer(ready[1]);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) hold(lock, writer.get());
        writer.reset();
        char byte = 0;
        REQUIRE(::read(reader.get(), &byte, 1) == 1);
    }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;
    ~OtherProcess() { end(); }

    void end() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    pid_t pid() const { return pid_; }

  private:
    [[noreturn]] static void hold(const std::function<UniqueFd()>& lock, int ready) {
        try {
            const UniqueFd held = lock();
            if (::write(ready, "x", 1) == 1) ::pause();
        } catch (...) {
        }
        ::_exit(1);
    }
    pid_t pid_ = 0;
};

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const LockHeld& held) {
        return held.what();
    }
    return {};
}

TEST_CASE("a backup folder is made with all it needs, for its user alone") {
    const test::TempDir temp;
    const mode_t before = ::umask(0);
    std::string path = temp / "new/backup";
    SUBCASE("") {}
    SUBCASE("with a slash at the end") {
        path += '/';
    }
    const BackupDir dir(path);
    ::umask(before);
    for (const std::string name : {"", "/blobs", "/runs", "/tmp"}) {
        CAPTURE(name);
        CHECK(mode_of(temp / ("new/backup" + name)) == 0700);
    }
    CHECK(dir.path() == path);
    CHECK(dir.free_bytes() > 0);
}

TEST_CASE("a backup folder that is there keeps its mode and its content") {
    const test::TempDir temp;
    fs::create_directory(temp / "backup");
    ::chmod((temp / "backup").c_str(), 0750);
    { const BackupDir made(temp / "backup"); }
    test::write_file(temp / "backup/blobs/x", "kept");
    const BackupDir dir(temp / "backup");
    CHECK(mode_of(temp / "backup") == 0750);
    CHECK(dir.blobs().read("x", 10) == "kept");
}

TEST_CASE("a backup folder that cannot be made says which") {
    const test::TempDir temp;
    test::write_file(temp / "file", "");
    try {
        const BackupDir dir(temp / "file/backup");
        FAIL("it was made below a file");
    } catch (const std::system_error& error) {
        CHECK(std::string(error.what()).find(temp / "file") != std::string::npos);
    }
    CHECK_THROWS_AS(BackupDir(temp / "file"), std::system_error);
}

TEST_CASE("a scratch file has no name, is private, and can be read back") {
    const test::TempDir temp;
    const BackupDir dir(temp / "backup");
    const UniqueFd file = dir.scratch_file();
    CHECK(fs::is_empty(temp / "backup/tmp"));
    struct stat status {};
    REQUIRE(::fstat(file.get(), &status) == 0);
    CHECK(status.st_nlink == 0);
    CHECK((status.st_mode & ALLPERMS) == 0600);
    REQUIRE(::write(file.get(), "bytes", 5) == 5);
    std::array<char, 5> bytes{};
    CHECK(::pread(file.get(), bytes.data(), bytes.size(), 0) == 5);
    CHECK(::fcntl(file.get(), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("the lock of a run is one process's, and says whose") {
    const test::TempDir temp;
    const BackupDir dir(temp / "backup");
    const CancelSource never;
    OtherProcess other([&] { return dir.lock("backup of the node", false, never.fd()); });
    const auto message = message_of([&] { dir.lock("prune", false, never.fd()); });
    CAPTURE(message);
    CHECK(message.find(dir.path()) != std::string::npos);
    CHECK(message.find("backup of the node, process " + std::to_string(other.pid())) !=
          std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(mode_of(temp / "backup/lock") == 0600);
    SUBCASE("a process that died has it no more") {
        other.end();
        const UniqueFd held = dir.lock("prune", false, never.fd());
        CHECK(held);
    }
    SUBCASE("whoever waits gets it") {
        std::atomic<bool> has_it = false;
        std::jthread waiter([&] {
            const UniqueFd held = dir.lock("prune", true, never.fd());
            has_it = true;
        });
        CHECK_FALSE(has_it);
        other.end();
        test::wait_until([&] { return has_it.load(); }, seconds(30), "the lock");
    }
    SUBCASE("whoever waits can be called off") {
        CancelSource cancel;
        cancel.cancel();
        CHECK(message_of([&] {
                  dir.lock("prune", true, cancel.fd());
              }).find("backup of the node") != std::string::npos);
    }
}

TEST_CASE("a lock is taken from nobody by another lock of the same process") {
    const test::TempDir temp;
    const BackupDir dir(temp / "backup");
    const CancelSource never;
    UniqueFd held = dir.lock("backup", false, never.fd());
    CHECK_THROWS_AS(dir.lock("backup", false, never.fd()), LockHeld);
    held.reset();
    CHECK(dir.lock("backup", false, never.fd()));
}

TEST_CASE("runs are sent off-site by one process at a time, whatever becomes of the blobs") {
    const test::TempDir temp;
    const BackupDir dir(temp / "backup");
    CancelSource never;
    CancelSource cancelled;
    cancelled.cancel();
    const UniqueFd blobs = dir.own_blobs(never.fd());
    OtherProcess other([&] { return dir.own_parcels(never.fd()); });
    CHECK(failure_of([&] { dir.own_parcels(cancelled.fd()); }).code() == ErrorCode::cancelled);
    other.end();
    CHECK(dir.own_parcels(cancelled.fd()));
}

TEST_CASE("what stands in the lock is shown as text and no longer than a line") {
    const test::TempDir temp;
    const BackupDir dir(temp / "backup");
    const CancelSource never;
    const UniqueFd held = dir.lock("backup", false, never.fd());
    test::write_file(temp / "backup/lock", "\x1b[2Jevil\n" + std::string(3000, 'x'));
    const auto message = message_of([&] { dir.lock("prune", false, never.fd()); });
    CHECK(message.find('\x1b') == std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.size() < 1024);
}

TEST_CASE("blobs are shared by those who add and read, and belong to one who removes") {
    const test::TempDir temp;
    const BackupDir dir(temp / "backup");
    const CancelSource never;
    CancelSource cancelled;
    cancelled.cancel();
    SUBCASE("between processes") {
        const OtherProcess other([&] { return dir.share_blobs(never.fd()); });
        CHECK(dir.share_blobs(never.fd()));
        CHECK(failure_of([&] { dir.own_blobs(cancelled.fd()); }).code() == ErrorCode::cancelled);
    }
    SUBCASE("within one") {
        const UniqueFd first = dir.share_blobs(never.fd());
        CHECK(dir.share_blobs(never.fd()));
        CHECK(failure_of([&] { dir.own_blobs(cancelled.fd()); }).code() == ErrorCode::cancelled);
    }
    SUBCASE("with an owner") {
        OtherProcess other([&] { return dir.own_blobs(never.fd()); });
        CHECK(failure_of([&] { dir.share_blobs(cancelled.fd()); }).code() == ErrorCode::cancelled);
        CHECK(failure_of([&] { dir.own_blobs(cancelled.fd()); }).code() == ErrorCode::cancelled);
        std::atomic<bool> has_it = false;
        std::jthread waiter([&] {
            const UniqueFd held = dir.share_blobs(never.fd());
            has_it = true;
        });
        other.end();
        test::wait_until([&] { return has_it.load(); }, seconds(30), "the blobs");
    }
}

}  // namespace
}  // namespace nexus::backup
