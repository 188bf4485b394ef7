#include "backup/backup_dir.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "archive/text.hpp"
#include "backup/part_file.hpp"
#include "base/failure.hpp"
#include "base/timestamp.hpp"
#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

constexpr mode_t private_folder = 0700;
constexpr mode_t private_file = 0600;

[[noreturn]] void fail(const std::string& path) {
    throw std::system_error(errno, std::generic_category(), path);
}

Directory make_root(const std::string& path) {
    std::filesystem::path folder(path);
    if (!folder.has_filename()) folder = folder.parent_path();  // "a/b/"
    const auto parent = folder.parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent);
    const bool made = ::mkdir(folder.c_str(), private_folder) == 0;
    if (!made && errno != EEXIST) fail(path);
    if (made && !parent.empty()) Directory::open(parent.string()).sync();
    return Directory::open(path);
}

// flock(2) has no deadline of its own. False once `cancel_fd` is readable.
bool wait_for(int file, int how, int cancel_fd, const std::string& path) {
    constexpr int between_looks_ms = 100;
    while (::flock(file, how | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) fail(path);
        pollfd cancel{cancel_fd, POLLIN, 0};
        if (::poll(&cancel, 1, between_looks_ms) > 0) return false;
    }
    return true;
}

UniqueFd lock_folder(const Directory& folder, int how, int cancel_fd) {
    // A description of its own: locks of one are one.
    UniqueFd own(::openat(folder.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own) fail(folder.path());
    if (!wait_for(own.get(), how, cancel_fd, folder.path())) {
        throw Failure(ErrorCode::cancelled,
                      "cancelled while another backup or prune works on " + folder.path() +
                          "; run it again later",
                      true);
    }
    return own;
}

}  // namespace

BackupDir::BackupDir(const std::string& path)
    : root_(make_root(path)),
      blobs_(root_.ensure("blobs", private_folder)),
      runs_(root_.ensure("runs", private_folder)),
      tmp_(root_.ensure("tmp", private_folder)) {
    root_.sync();
}

std::uint64_t BackupDir::free_bytes() const {
    struct statvfs status {};
    if (::fstatvfs(root_.fd(), &status) != 0) fail(path());
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

UniqueFd BackupDir::scratch_file() const {
    return PartFile(tmp_).release();
}

UniqueFd BackupDir::lock(const std::string& what, bool wait, int cancel_fd) const {
    const std::string file_path = path() + "/lock";
    UniqueFd file(
        ::openat(root_.fd(), "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, private_file));
    if (!file) fail(file_path);
    bool locked = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK) fail(file_path);
    if (!locked && wait) locked = wait_for(file.get(), LOCK_EX, cancel_fd, file_path);
    if (!locked) {
        constexpr std::size_t most = 4096;
        const std::string holder = archive::short_text(root_.read("lock", most).value_or(""));
        throw LockHeld(path() + " is in use" + (holder.empty() ? "" : ": " + holder) +
                       "; try again when that is done");
    }
    if (::ftruncate(file.get(), 0) != 0) fail(file_path);
    write_all(file.get(),
              what + ", process " + std::to_string(::getpid()) + ", since " +
                  format_timestamp(wall_now()) + "\n",
              file_path);
    return file;
}

UniqueFd BackupDir::share_blobs(int cancel_fd) const {
    return lock_folder(blobs_, LOCK_SH, cancel_fd);
}

UniqueFd BackupDir::own_blobs(int cancel_fd) const {
    return lock_folder(blobs_, LOCK_EX, cancel_fd);
}

UniqueFd BackupDir::own_parcels(int cancel_fd) const {
    return lock_folder(tmp_, LOCK_EX, cancel_fd);
}

}  // namespace nexus::backup
