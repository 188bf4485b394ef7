#include "archive/folder_walk.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "archive/beneath.hpp"
#include "archive/text.hpp"
#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

// Levels whose folders stay open; the descriptors are the host's.
constexpr std::size_t max_open = 64;

// At the clock, and at whether the call was cancelled: both take as long as a step.
constexpr unsigned steps_between_looks = 64;

constexpr const char* doing = "the end of the volume's content";

bool is_vanished(int error) {
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ESTALE;
}

struct stat status_of(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) fail(errno, "a file's status cannot be read");
    return status;
}

bool is_same(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

void FolderWalk::run(UniqueFd root) {
    const struct stat status = status_of(root.get());
    enter(std::move(root), status);
    while (!levels_.empty()) {
        if (++steps_ % steps_between_looks == 0) require_time(ctx_, doing);
        Level& level = levels_.back();
        if (level.next == level.names.size()) {
            leave();
        } else {
            step(level.names[level.next++]);
        }
    }
}

void FolderWalk::step(const std::string& name) {
    const std::string path = path_.empty() ? name : path_ + '/' + name;
    if (path.size() > max_path) {
        losses_.add("paths of more than 32 KiB");
        return;
    }
    if (opens_ == Opens::folders && visit_unopened(path, name)) return;
    bool mounted = false;
    UniqueFd thing = open(levels_.back().folder.get(), name, mounted);
    if (!thing) {
        if (is_vanished(errno)) return;
        fail(errno, in_quotes(path) + " cannot be opened");
    }
    const struct stat status = status_of(thing.get());
    if (mounted) losses_.add("what is mounted inside the volume");
    if (mounted && !S_ISDIR(status.st_mode)) return;
    visit_(path, thing.get(), status);
    if (mounted || !S_ISDIR(status.st_mode)) return;
    path_ = path;
    enter(std::move(thing), status);
}

// False where it is a folder, and has to be opened.
bool FolderWalk::visit_unopened(const std::string& path, const std::string& name) {
    struct stat status {};
    const int folder = levels_.back().folder.get();
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
        if (is_vanished(errno)) return true;
        fail(errno, "the status of " + in_quotes(path) + " cannot be read");
    }
    if (S_ISDIR(status.st_mode)) return false;
    visit_(path, -1, status);
    return true;
}

UniqueFd FolderWalk::open(int folder, const std::string& name, bool& mounted) {
    UniqueFd thing = open_name(folder, name);
    mounted = !thing && errno == EXDEV;
    return mounted ? open_mount_point(folder, name) : std::move(thing);
}

void FolderWalk::enter(UniqueFd folder, const struct stat& status) {
    auto names = names_in(folder.get());
    names_held_ += static_cast<std::int64_t>(names.size());
    levels_.push_back({std::move(folder), status, path_.size(), std::move(names)});
    if (levels_.size() > max_open + 1) levels_[levels_.size() - 2].folder.reset();
}

std::vector<std::string> FolderWalk::names_in(int folder) {
    UniqueFd readable = reopen(folder, O_RDONLY | O_DIRECTORY);
    if (!readable && is_vanished(errno)) return {};
    if (!readable) fail(errno, "the folder " + in_quotes(path_) + " cannot be opened");
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(readable.get()), ::closedir);
    if (!listing) fail(errno, "the folder " + in_quotes(path_) + " cannot be listed");
    readable.release();
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const found = ::readdir(listing.get())) {
        const std::string_view name(found->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
        if (names_held_ + static_cast<std::int64_t>(names.size()) > max_entries) {
            throw BackendError(Code::exhausted, "the volume has too many files for one archive",
                               false);
        }
        if (names.size() % 1024 == 0) require_time(ctx_, doing);
        errno = 0;
    }
    if (errno != 0 && !is_vanished(errno)) {
        fail(errno, "the folder " + in_quotes(path_) + " cannot be listed");
    }
    std::sort(names.begin(), names.end());
    return names;
}

void FolderWalk::leave() {
    names_held_ -= static_cast<std::int64_t>(levels_.back().names.size());
    levels_.pop_back();
    if (levels_.empty()) return;
    Level& level = levels_.back();
    path_.resize(level.path_size);
    if (level.folder || level.next == level.names.size()) return;
    level.folder = open_again(level);
    if (level.folder) return;
    changed_.add("./" + short_text(path_));
    level.next = level.names.size();
}

UniqueFd FolderWalk::open_again(const Level& level) {
    const Level& anchor = levels_[max_open - 1];
    UniqueFd folder =
        open_folder(anchor.folder.get(), std::string_view(path_).substr(anchor.path_size + 1));
    if (!folder || !is_same(status_of(folder.get()), level.status)) return {};
    return folder;
}

}  // namespace nexus::archive
