// The content of volumes by the engine's own archive API. Threads: any number at once; two copies
// of one volume take turns.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/beside.hpp"
#include "engine/gate.hpp"
#include "engine/volume_holder.hpp"

namespace nexus::engine {

class ArchiveAccess {
  public:
    explicit ArchiveAccess(VolumeHolder::Parts parts) : parts_(std::move(parts)) {}

    // As Backend::export_volume and import_volume, of a volume that is there. `mend` ends the
    // message about a volume that cannot be copied this way.
    VolumeCopy export_volume(const CallContext& ctx, const std::string& name, int fd,
                             const std::string& mend);
    VolumeCopy import_volume(const CallContext& ctx, const std::string& name, int fd);

    // As VolumeHolder::remove_leftover.
    bool remove_leftover(const CallContext& ctx, const std::string& volume);

  private:
    Permit enter(const CallContext& ctx, const std::string& volume);
    VolumeCopy read(const CallContext& ctx, const std::string& container, const std::string& what,
                    const Work& work);
    void require_empty(const CallContext& ctx, const std::string& container,
                       const std::string& volume);
    // The first of `names` that is in the volume's own folder.
    std::optional<std::string> first_there(const CallContext& ctx, const std::string& container,
                                           const std::vector<std::string>& names,
                                           const std::string& what);

    const VolumeHolder::Parts parts_;
    NameLocks volumes_;
};

}  // namespace nexus::engine
