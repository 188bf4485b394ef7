// A container that is never started and only has a volume, so that the engine gives and takes the
// volume's content. Threads: one at a time.
#pragma once

#include <functional>
#include <nexus/backend.hpp>
#include <nexus/plugin.hpp>
#include <string>

#include "engine/api_client.hpp"
#include "engine/archive_way.hpp"

namespace nexus::engine {

class VolumeHolder {
  public:
    // All must outlive it. `remove` is the backend's own.
    struct Parts {
        ApiClient& client;
        const PluginHost& host;
        const ArchiveWay& way;
        std::function<void(const CallContext& ctx, const std::string& container)> remove;
    };

    // Makes it, and its image where the engine has none. What a process that died left of one goes
    // before; that of a process that lives is waited for. Throws BackendError.
    VolumeHolder(const CallContext& ctx, const Parts& parts, const std::string& volume);
    VolumeHolder(const VolumeHolder&) = delete;
    VolumeHolder& operator=(const VolumeHolder&) = delete;
    // Removes it, also where the time of the call is over: within a second then. One that cannot be
    // removed is left to the next copy of the volume.
    ~VolumeHolder();

    const std::string& container() const noexcept { return name_; }

    // Removes the holder that a process that died left of this volume. False where there is none,
    // or its maker lives. Throws BackendError.
    static bool remove_leftover(const CallContext& ctx, const Parts& parts,
                                const std::string& volume);

  private:
    bool create(const std::string& volume, const std::string& what);

    const CallContext& ctx_;
    const Parts& parts_;
    const std::string name_;
};

}  // namespace nexus::engine
