// The owner, mode and time of a volume's own folder, kept while the engine changes them.
// Threads: as a plain value.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "engine/file_descriptor.hpp"

namespace nexus::podman {

class VolumeRoot {
  public:
    // Nothing where the folder is empty, or cannot be seen from here.
    static std::optional<VolumeRoot> of_content(const std::string& mountpoint);

    // Gives the folder back what it had. Throws BackendError `denied` where this process may not.
    void restore() const;

  private:
    VolumeRoot(engine::FileDescriptor folder, const struct stat& status)
        : folder_(std::move(folder)), status_(status) {}

    engine::FileDescriptor folder_;
    struct stat status_;
};

}  // namespace nexus::podman
