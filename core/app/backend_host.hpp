// The backend that the settings name: found, loaded, guarded. Threads: backend() may be used from
// any.
#pragma once

#include <functional>
#include <memory>

#include "backend/guarded_backend.hpp"
#include "backend/plugin_callbacks.hpp"
#include "backend/plugin_library.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"

namespace nexus::app {

class BackendHost {
  public:
    // `on_event` as that of PluginCallbacks. Throws StartFailure: `exit_config` where the plugin or
    // its configuration is refused, `exit_unreachable` where its engine does not answer.
    BackendHost(
        const config::Settings& settings, Log& log,
        std::function<void(const Event&)> on_event = [](const Event&) {});

    GuardedBackend& backend() noexcept { return *backend_; }
    const PluginLibrary& library() const noexcept { return library_; }

  private:
    PluginLibrary library_;
    PluginCallbacks callbacks_;
    std::unique_ptr<GuardedBackend> backend_;
};

}  // namespace nexus::app
