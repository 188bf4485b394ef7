// The backend that the settings name: found, loaded, guarded, and what its engine reports
// meanwhile. Threads: any.
#pragma once

#include <memory>

#include "backend/guarded_backend.hpp"
#include "backend/plugin_callbacks.hpp"
#include "backend/plugin_library.hpp"
#include "base/bell.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/ended_runtimes.hpp"

namespace nexus::app {

class BackendHost {
  public:
    // Throws StartFailure: `exit_config` where the plugin or its configuration is refused,
    // `exit_unreachable` where its engine does not answer.
    BackendHost(const config::Settings& settings, Log& log);

    // What the engine says of itself, within 10 s. Throws StartFailure `exit_unreachable`.
    Info probe();

    GuardedBackend& backend() noexcept { return *backend_; }
    const PluginLibrary& library() const noexcept { return library_; }

    // From the load on: rung with each change that the engine reports, and whose runtime ended.
    Bell& changes() noexcept { return changes_; }
    tenants::EndedRuntimes& ended() noexcept { return ended_; }

  private:
    void hear(const Event& event);

    Log& log_;
    Bell changes_;
    tenants::EndedRuntimes ended_;
    PluginLibrary library_;
    PluginCallbacks callbacks_;
    std::unique_ptr<GuardedBackend> backend_;
};

}  // namespace nexus::app
