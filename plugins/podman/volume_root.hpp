// The owner, mode and time of a volume's own folder, kept while the engine changes them.
// Threads: as a plain value.
#pragma once

#include <nexus/unique_fd.hpp>
#include <optional>
#include <string>

#include "archive/file_facts.hpp"

namespace nexus::podman {

class VolumeRoot {
  public:
    // Nothing where the folder is empty, or cannot be seen from here. Throws BackendError.
    static std::optional<VolumeRoot> of_content(const std::string& mountpoint);

    // Gives the folder back what it had. Throws BackendError, `denied` where this process may not.
    void restore() const;

  private:
    VolumeRoot(UniqueFd folder, archive::FileFacts facts)
        : folder_(std::move(folder)), facts_(std::move(facts)) {}

    UniqueFd folder_;
    archive::FileFacts facts_;
};

}  // namespace nexus::podman
