#include "base/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/random.hpp"
#include "base/whole_io.hpp"

namespace nexus {
namespace {

[[noreturn]] void fail(const std::string& what, int error = errno) {
    throw std::system_error(error, std::generic_category(), what);
}

UniqueFd open_below(int directory, const std::string& name, int flags, mode_t mode = 0) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC | O_NOFOLLOW);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return UniqueFd(
        static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
}

// A name that is more than one step could reach past a link between the check and the use.
void require_plain(const std::string& directory, const std::string& name) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
        fail(directory + ": not a plain file name: " + name, EINVAL);
    }
}

std::string join(const std::string& directory, const std::string& name) {
    return directory + "/" + name;
}

std::optional<std::string> read_opened(const UniqueFd& file, const std::string& path,
                                       std::size_t most) {
    if (!file && errno == ENOENT) return std::nullopt;
    if (!file) fail(path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail(path);
    if (!S_ISREG(status.st_mode)) fail(path + " is not a plain file", EINVAL);
    // Room for one byte more, where the read that finds the end goes.
    std::string content(std::min(static_cast<std::size_t>(status.st_size), most) + 1, '\0');
    for (std::size_t size = 0;;) {
        const auto got = ::read(file.get(), content.data() + size, content.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(path);
        if (got == 0) {
            content.resize(size);
            return content;
        }
        size += static_cast<std::size_t>(got);
        if (size > most) fail(path, EFBIG);
        if (size == content.size()) content.resize(std::min(2 * size, most + 1));
    }
}

std::int64_t nanoseconds(const timespec& time) {
    constexpr std::int64_t second = 1'000'000'000;
    return time.tv_sec * second + time.tv_nsec;
}

using Listing = std::unique_ptr<DIR, int (*)(DIR*)>;

Listing list(int fd, const std::string& path) {
    UniqueFd copy(::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!copy) fail(path);
    Listing listing(::fdopendir(copy.get()), ::closedir);
    if (!listing) fail(path);
    copy.release();
    return listing;
}

// One name at a time, since a tenant may have made millions. `act` may remove what it is given.
template <typename Act>
void for_each_name(int fd, const std::string& path, Act act) {
    const Listing listing = list(fd, path);
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(listing.get());
        if (entry == nullptr && errno == 0) return;
        if (entry == nullptr) fail(path);
        const std::string name = entry->d_name;
        if (name != "." && name != "..") act(name);
    }
}

// What one removal does at most: more than any tree that is not filled again meanwhile.
constexpr std::uint64_t most_steps = 20'000'000;

void spend(std::uint64_t& steps, const std::string& path) {
    if (steps == 0) fail(path + " is filled while it is removed", EBUSY);
    --steps;
}

constexpr std::string_view temporary_ending = ".tmp";
std::string temporary_beginning(const std::string& name) {
    return "." + name + ".";
}

bool is_temporary(std::string_view candidate, std::string_view beginning) {
    if (candidate.size() <= beginning.size() + temporary_ending.size()) return false;
    const auto ending = candidate.substr(candidate.size() - temporary_ending.size());
    return candidate.substr(0, beginning.size()) == beginning && ending == temporary_ending;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path, std::size_t most) {
    return read_opened(UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)), path,
                       most);
}

Directory Directory::open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) fail(path);
    return {std::move(fd), path};
}

Directory Directory::ensure(const std::string& name, mode_t mode) const {
    require_plain(path_, name);
    const bool made = ::mkdirat(fd(), name.c_str(), mode) == 0;
    if (!made && errno != EEXIST) fail(join(path_, name));
    auto found = find(name);
    if (!found) fail(join(path_, name), ENOENT);
    if (made && ::fchmod(found->fd(), mode) != 0) fail(join(path_, name));
    return std::move(*found);
}

std::optional<Directory> Directory::find(const std::string& name) const {
    require_plain(path_, name);
    UniqueFd fd = open_below(this->fd(), name, O_RDONLY | O_DIRECTORY);
    if (!fd && errno == ENOENT) return std::nullopt;
    if (!fd) fail(join(path_, name));
    return Directory(std::move(fd), join(path_, name));
}

bool Directory::exists(const std::string& name) const {
    require_plain(path_, name);
    struct stat status {};
    if (::fstatat(fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno != ENOENT) fail(join(path_, name));
    return false;
}

std::optional<std::string> Directory::read(const std::string& name, std::size_t most) const {
    require_plain(path_, name);
    // O_NONBLOCK: a FIFO planted under this name must not hold the caller.
    return read_opened(open_below(fd(), name, O_RDONLY | O_NONBLOCK), join(path_, name), most);
}

std::optional<std::string> Directory::read(const std::string& folder, const std::string& name,
                                           std::size_t most) const {
    require_plain(path_, folder);
    require_plain(path_, name);
    const std::string below = join(folder, name);
    return read_opened(open_below(fd(), below, O_RDONLY | O_NONBLOCK), join(path_, below), most);
}

std::optional<FileVersion> Directory::version(const std::string& folder,
                                              const std::string& name) const {
    const std::string below = join(folder, name);
    for (const auto& step : std::filesystem::path(below))
        require_plain(path_, step.string());
    struct stat status {};
    if (::fstatat(fd(), below.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        fail(join(path_, below));
    }
    return FileVersion{status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
                       nanoseconds(status.st_ctim)};
}

void Directory::create(const std::string& name, std::string_view content, mode_t mode) const {
    require_plain(path_, name);
    const auto path = join(path_, name);
    const UniqueFd file = open_below(fd(), name, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (!file) fail(path);
    write_all(file.get(), content, path);
    if (::fchmod(file.get(), mode) != 0) fail(path);  // whatever the umask took away
    if (::fsync(file.get()) != 0) fail(path);
}

void Directory::write(const std::string& name, std::string_view content, mode_t mode,
                      const Permit& permit) const {
    require_plain(path_, name);
    const std::string fresh = temporary(name);
    bool aside = false;
    try {
        create(fresh, content, mode);
        permit();
        aside = replace(fresh, name);
    } catch (...) {
        ::unlinkat(fd(), fresh.c_str(), 0);
        throw;
    }
    if (aside) remove(fresh);
}

bool Directory::replace(const std::string& from, const std::string& to) const {
    require_plain(path_, from);
    require_plain(path_, to);
    // What is at `to` may change between the two calls, but not for ever.
    for (int attempts = 100; attempts > 0; --attempts) {
        if (::renameat(fd(), from.c_str(), fd(), to.c_str()) == 0) {
            sync();
            return false;
        }
        if (errno != EISDIR && errno != ENOTDIR && errno != ENOTEMPTY && errno != EEXIST) break;
        if (::renameat2(fd(), from.c_str(), fd(), to.c_str(), RENAME_EXCHANGE) == 0) {
            sync();
            return true;
        }
        if (errno != ENOENT) break;
    }
    fail(join(path_, to));
}

void Directory::remove(const std::string& name) const {
    require_plain(path_, name);
    for (std::uint64_t steps = most_steps; !unlink(name);) {
        spend(steps, join(path_, name));
        if (const auto tree = find(name)) tree->empty(steps);
    }
}

// False for a directory that is not empty.
bool Directory::unlink(const std::string& name) const {
    if (::unlinkat(fd(), name.c_str(), 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM) fail(join(path_, name));
    if (::unlinkat(fd(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) fail(join(path_, name));
    return false;
}

// Lifts what a subfolder holds up into this one instead of descending: a tree of any depth, which a
// tenant may have made on purpose, takes no stack and few descriptors.
void Directory::empty(std::uint64_t& steps) const {
    for_each_name(fd(), path_, [&](const std::string& child) {
        spend(steps, path_);
        if (!unlink(child)) lift(child, steps);
    });
}

void Directory::lift(const std::string& child, std::uint64_t& steps) const {
    const auto below = find(child);
    if (!below) return;
    for_each_name(below->fd(), below->path_, [&](const std::string& name) {
        spend(steps, below->path_);
        if (below->unlink(name)) return;
        if (::renameat(below->fd(), name.c_str(), fd(), make_id().c_str()) != 0) {
            fail(join(below->path_, name));
        }
    });
    unlink(child);
}

std::string Directory::temporary(const std::string& name) {
    return temporary_beginning(name) + make_id() + std::string(temporary_ending);
}

void Directory::remove_leftovers(const std::string& name) const {
    const auto beginning = temporary_beginning(name);
    for_each_name(fd(), path_, [&](const std::string& candidate) {
        if (is_temporary(candidate, beginning)) remove(candidate);
    });
}

std::vector<std::string> Directory::names() const {
    std::vector<std::string> result;
    for_each_name(fd(), path_, [&](const std::string& name) { result.push_back(name); });
    return result;
}

void Directory::sync() const {
    if (::fsync(fd()) != 0) fail(path_);
}

}  // namespace nexus
