// Files below a directory handle. No path that is given here leaves the handle's directory or
// follows a symbolic link (openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS), so nothing that a
// tenant plants in its folder leads a write elsewhere. Failures throw std::system_error naming the
// path. Threads: any; two writers of one file are the caller's to keep apart.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <nexus/unique_fd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nexus {

// The whole file at a path of the operator's, whose links are followed; nothing where there is
// none. More than `most` bytes throws.
std::optional<std::string> read_file(const std::string& path, std::size_t most);

// Which content a file has, without reading it: every write of Directory makes another inode, and
// every change in place moves the change time.
struct FileVersion {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    bool operator==(const FileVersion&) const = default;
};

class Directory {
  public:
    // Opens a directory by an absolute path of the operator's.
    static Directory open(const std::string& path);

    // A directory below this one, made with `mode`, whatever the umask, where it is missing.
    Directory ensure(const std::string& name, mode_t mode) const;
    std::optional<Directory> find(const std::string& name) const;
    bool exists(const std::string& name) const;

    // The whole file; nothing where there is none. More than `most` bytes, or something that is not
    // a plain file, throws.
    std::optional<std::string> read(const std::string& name, std::size_t most) const;
    // The same in a directory below this one; nothing where that is not there either.
    std::optional<std::string> read(const std::string& folder, const std::string& name,
                                    std::size_t most) const;

    // The version of what `name` is in a directory below this one, which may be several steps away;
    // nothing where it is not there.
    // One system call, for a caller that asks for thousands. A link at `name` is not followed; one
    // at `folder` is, so this is for a directory that no tenant can write, such as TENANT_ROOT, and
    // for nothing but comparing: what is then read is read through no link.
    std::optional<FileVersion> version(const std::string& folder, const std::string& name) const;

    // Replaces the file in one step: a reader sees the old or the new, also after a crash
    // (temporary file, fsync, rename, fsync of the directory). Whatever else has the name, a folder
    // with all in it too, is replaced as well: planted there, it would block the file for ever.
    // `permit` is called right before that step, and throws where it must not be made any more.
    using Permit = std::function<void()>;
    void write(
        const std::string& name, std::string_view content, mode_t mode,
        const Permit& permit = [] {}) const;

    // A new file in a directory that no reader knows yet, which the caller syncs before one does: a
    // crash may leave a part of it. A name that exists throws.
    void create(const std::string& name, std::string_view content, mode_t mode) const;

    // Gives what is at `from` the name `to` in one step, whatever is there. A directory's old one,
    // or one that a file takes the place of, is then at `from`, for the caller to keep or remove;
    // true where it is.
    bool replace(const std::string& from, const std::string& to) const;
    // Removes a file or a whole tree, following no link. Nothing there is no error. A tree of any
    // size and depth takes no more memory or descriptors than a small one; one that somebody fills
    // as fast as it is emptied throws in the end.
    void remove(const std::string& name) const;

    // A new name to prepare the next content of `name` under. remove_leftovers() removes all that
    // have such a name, as after a crash.
    static std::string temporary(const std::string& name);
    void remove_leftovers(const std::string& name) const;

    std::vector<std::string> names() const;
    void sync() const;
    const std::string& path() const noexcept { return path_; }
    int fd() const noexcept { return fd_.get(); }

  private:
    bool unlink(const std::string& name) const;
    void empty(std::uint64_t& steps) const;
    void lift(const std::string& child, std::uint64_t& steps) const;
    Directory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    UniqueFd fd_;
    std::string path_;  // for messages, and for the engine's bind mounts
};

}  // namespace nexus
