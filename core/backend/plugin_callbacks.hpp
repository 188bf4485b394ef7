// What a plugin says, brought to the runner's log and its listener for events. Threads: any.
#pragma once

#include <functional>
#include <nexus/host.hpp>
#include <string>

#include "base/log.hpp"

namespace nexus {

class PluginCallbacks final : public HostCallbacks {
  public:
    // Lines carry the field backend=<backend>. `on_event` runs on the plugin's threads and returns
    // soon; what it throws is logged. `log` must outlive this.
    PluginCallbacks(Log& log, std::string backend, std::function<void(const Event&)> on_event);

    void log(nexus_log_level level, std::string_view text) noexcept override;
    void event(const Event& event) noexcept override;

  private:
    Log& log_;
    std::string backend_;
    std::function<void(const Event&)> on_event_;
};

}  // namespace nexus
