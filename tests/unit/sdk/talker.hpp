// A backend that shows what reached it. Threads: one at a time.
#pragma once

#include <nexus/plugin.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/idle_backend.hpp"

namespace nexus {

// Remembers the circumstances of its last call, and says things through its host.
class Talker final : public test::IdleBackend {
  public:
    Talker(const PluginHost& host, std::string_view config) : host_(host) {
        if (config == "refuse") throw BackendError(Code::unavailable, "no engine", true);
        if (config == "break") throw std::runtime_error("made of glass");
        host_.log(NEXUS_LOG_WARNING, "made");
    }
    std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) override {
        ContainerState state;
        state.labels = labels;
        state.name = ctx.tenant + ctx.operation_id + std::to_string(ctx.cancel_fd);
        state.exit_code = ctx.deadline.time_since_epoch().count();
        host_.event({"c", "acme", "exited", 137});
        return {state, {}};
    }
    void stop(const CallContext& /*ctx*/, const std::string& name,
              std::chrono::seconds grace) override {
        host_.log(NEXUS_LOG_DEBUG, name + " " + std::to_string(grace.count()));
    }
    void logs(const CallContext& /*ctx*/, const std::string& name, std::int64_t tail,
              int fd) override {
        host_.log(NEXUS_LOG_ERROR, name + " " + std::to_string(tail) + " " + std::to_string(fd));
    }
    void rename(const CallContext& /*ctx*/, const std::string& name,
                const std::string& new_name) override {
        host_.log(NEXUS_LOG_DEBUG, name + " to " + new_name);
    }
    Stats stats(const CallContext& /*ctx*/, const std::string& name) override {
        return {1, 2, 3, 4, 5, static_cast<std::int64_t>(name.size())};
    }
    VolumeCopy export_volume(const CallContext& /*ctx*/, const std::string& name, int fd) override {
        return {"archive", {name}, {"./" + name}, fd, 7};
    }
    void remove_image(const CallContext& /*ctx*/, const std::string& reference) override {
        host_.log(NEXUS_LOG_DEBUG, "no " + reference);
    }
    void swap_volumes(const CallContext& /*ctx*/, const std::string& first,
                      const std::string& second) override {
        host_.log(NEXUS_LOG_DEBUG, first + " for " + second);
    }
    std::optional<ContainerState> inspect(const CallContext& /*ctx*/,
                                          const std::string& name) override {
        if (name != "mounted") return std::nullopt;
        ContainerState state;
        state.mounts = {{"/from", "/to", true}};
        state.published = {"10.0.0.3"};
        return state;
    }
    std::optional<NetworkState> inspect_network(const CallContext& /*ctx*/,
                                                const std::string& name) override {
        if (name != "net") return std::nullopt;
        return NetworkState{"7", name, "10.0.0.0/28", {}};
    }

  private:
    PluginHost host_;
};

}  // namespace nexus
