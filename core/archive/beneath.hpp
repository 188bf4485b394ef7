// Opening what lies below a folder that somebody else may be changing: never through a symbolic
// link, never out of the folder, never into another file system. Where nothing can be opened the
// result is empty and errno says why. Threads: any.
#pragma once

#include <array>
#include <nexus/unique_fd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace nexus::archive {

// A path that leads to the open file itself, for calls that take no descriptor, or not one of a
// link or a fifo.
class PathOf {
  public:
    explicit PathOf(int fd);
    const char* c_str() const noexcept { return text_.data(); }

  private:
    std::array<char, 32> text_{};
};

// The folder at `path` itself, for reading. Throws BackendError: `not_found`, and `internal` where
// there is no /proc, without which nothing here works.
UniqueFd open_root(const std::string& path);

// The thing of this name itself, whatever it is, and without waking it (O_PATH). EXDEV: something
// is mounted there; open_mount_point opens that.
UniqueFd open_name(int folder, const std::string& name);
UniqueFd open_mount_point(int folder, const std::string& name);

// The folder at `path`, which may be longer than the kernel takes at once. Empty `path`: `folder`.
UniqueFd open_folder(int folder, std::string_view path);

// The same file in a description of its own.
UniqueFd reopen(int fd, int flags);

// Something that is in a folder; nothing where it is empty. Throws BackendError.
std::optional<std::string> any_name(int folder);

}  // namespace nexus::archive
