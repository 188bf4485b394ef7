#include "podman/volume_root.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <array>
#include <cerrno>
#include <memory>
#include <nexus/backend.hpp>
#include <string_view>
#include <system_error>

namespace nexus::podman {
namespace {

bool has_content(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(path.c_str()), ::closedir);
    if (!listing) return false;
    while (const dirent* const found = ::readdir(listing.get())) {
        const std::string_view name(found->d_name);
        if (name != "." && name != "..") return true;
    }
    return false;
}

}  // namespace

std::optional<VolumeRoot> VolumeRoot::of_content(const std::string& mountpoint) {
    engine::FileDescriptor folder(
        ::open(mountpoint.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!folder || ::fstat(folder.get(), &status) != 0 || !has_content(mountpoint)) {
        return std::nullopt;
    }
    return VolumeRoot(std::move(folder), status);
}

void VolumeRoot::restore() const {
    const std::array<timespec, 2> times{status_.st_atim, status_.st_mtim};
    // The mode last: a change of the owner takes bits off it.
    if (::fchown(folder_.get(), status_.st_uid, status_.st_gid) == 0 &&
        ::fchmod(folder_.get(), status_.st_mode & 07777U) == 0 &&
        ::futimens(folder_.get(), times.data()) == 0) {
        return;
    }
    throw BackendError(Code::denied,
                       "a volume's folder cannot get its owner and mode back: " +
                           std::generic_category().message(errno) + "; run the runner as root",
                       false);
}

}  // namespace nexus::podman
