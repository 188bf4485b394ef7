#include "archive/beneath.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <nexus/backend.hpp>

#include "archive/volume_error.hpp"

namespace nexus::archive {
namespace {

UniqueFd open_beneath(int folder, const std::string& path, int flags, std::uint64_t resolve) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    // The C library has no function for it.
    return UniqueFd(
        static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
}

// As many of the first folders of `path` as the kernel takes at once; all of it where a name is
// longer than any can be.
std::string_view first_piece(std::string_view path) {
    if (path.size() < PATH_MAX) return path;
    return path.substr(0, path.rfind('/', PATH_MAX - 1));
}

}  // namespace

PathOf::PathOf(int fd) {
    constexpr std::string_view prefix = "/proc/self/fd/";
    char* const number = std::copy(prefix.begin(), prefix.end(), text_.data());
    std::to_chars(number, text_.data() + text_.size() - 1, fd);
}

UniqueFd open_root(const std::string& path) {
    UniqueFd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!root && errno == ENOENT) {
        throw BackendError(Code::not_found, "the volume's folder is not there", false);
    }
    if (!root) fail(errno, "the volume's folder cannot be opened");
    if (!reopen(root.get(), O_PATH)) fail(errno, "the folder /proc/self/fd cannot be used");
    return root;
}

UniqueFd open_name(int folder, const std::string& name) {
    return open_beneath(folder, name, O_PATH | O_NOFOLLOW, RESOLVE_NO_XDEV);
}

UniqueFd open_mount_point(int folder, const std::string& name) {
    return open_beneath(folder, name, O_PATH | O_NOFOLLOW, 0);
}

UniqueFd open_folder(int folder, std::string_view path) {
    constexpr int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
    if (path.empty()) return open_beneath(folder, ".", flags, RESOLVE_NO_XDEV);
    UniqueFd opened;
    while (!path.empty()) {
        const std::string_view piece = first_piece(path);
        opened = open_beneath(opened ? opened.get() : folder, std::string(piece), flags,
                              RESOLVE_NO_XDEV);
        if (!opened) return {};
        path.remove_prefix(std::min(path.size(), piece.size() + 1));
    }
    return opened;
}

UniqueFd reopen(int fd, int flags) {
    return UniqueFd(::open(PathOf(fd).c_str(), flags | O_CLOEXEC | O_NOCTTY));
}

std::optional<std::string> any_name(int folder) {
    UniqueFd readable = reopen(folder, O_RDONLY | O_DIRECTORY);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(
        readable ? ::fdopendir(readable.get()) : nullptr, ::closedir);
    if (!listing) fail(errno, "the volume's folder cannot be listed");
    readable.release();
    errno = 0;
    while (const dirent* const found = ::readdir(listing.get())) {
        const std::string_view name(found->d_name);
        if (name != "." && name != "..") return std::string(name);
        errno = 0;
    }
    if (errno != 0) fail(errno, "the volume's folder cannot be listed");
    return std::nullopt;
}

}  // namespace nexus::archive
