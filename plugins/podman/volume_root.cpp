#include "podman/volume_root.hpp"

#include <fcntl.h>

#include "archive/beneath.hpp"

namespace nexus::podman {

std::optional<VolumeRoot> VolumeRoot::of_content(const std::string& mountpoint) {
    UniqueFd folder(::open(mountpoint.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!folder || ::fstat(folder.get(), &status) != 0 || !archive::any_name(folder.get())) {
        return std::nullopt;
    }
    return VolumeRoot(std::move(folder),
                      {status.st_uid, status.st_gid, status.st_mode, status.st_mtim, {}});
}

void VolumeRoot::restore() const {
    archive::Losses none;
    archive::apply(folder_.get(), facts_, "./", none);
}

}  // namespace nexus::podman
