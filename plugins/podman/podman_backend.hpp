// The Backend of Podman 4.0 or later, by its own (libpod) API. Threads: any number at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine_backend.hpp"
#include "podman/health_checks.hpp"
#include "podman/volume_root.hpp"

namespace nexus::podman {

class PodmanBackend final : public engine::EngineBackend {
  public:
    // `config` as engine::config_schema has it. Throws BackendError: see parse_config and
    // ApiClient.
    PodmanBackend(const PluginHost& host, std::string_view config);

    VolumeState ensure_volume(const CallContext& ctx, const VolumeSpec& spec) override;
    void remove(const CallContext& ctx, const std::string& name) override;
    void remove_network(const CallContext& ctx, const std::string& name) override;
    ContainerState ensure_container(const CallContext& ctx, const ContainerSpec& spec) override;
    void start(const CallContext& ctx, const std::string& name) override;
    void stop(const CallContext& ctx, const std::string& name, std::chrono::seconds grace) override;
    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override;
    // Also brings Podman and a runtime together that a crash of its service has set apart.
    void unpause(const CallContext& ctx, const std::string& name) override;

  private:
    std::vector<VolumeRoot> filled_roots(const CallContext& ctx, const std::string& name);
    // Where a crash of Podman has cut its removal off, it is removed first.
    std::optional<engine::InspectedContainer> find_container(const CallContext& ctx,
                                                             const std::string& name) override;
    void start_noted(const CallContext& ctx, const std::string& name);
    void remove_found(const CallContext& ctx, const std::string& name, const std::string& id);
    // Whether one that Podman takes for paused goes on; it does when this returns true.
    bool resumes(const CallContext& ctx, const std::string& name);
    // Whether one that Podman takes for running is frozen.
    bool is_frozen(const CallContext& ctx, const std::string& name);
    bool pauses_and_resumes(const CallContext& ctx, const std::string& name);
    void end(const CallContext& ctx, const std::string& name, const std::string& id,
             std::chrono::seconds grace);
    void signal(const CallContext& ctx, const std::string& name, const std::string& id,
                const std::string& signal);
    void refine(ContainerState& state) override;
    engine::Request creation(const CallContext& ctx, const ContainerSpec& spec) override;
    std::optional<NetworkState> find_network(const CallContext& ctx,
                                             const std::string& name) override;
    NetworkState create_network(const CallContext& ctx, const NetworkSpec& spec) override;

    const std::int64_t process_limit_;
    HealthChecks checks_;
};

}  // namespace nexus::podman
