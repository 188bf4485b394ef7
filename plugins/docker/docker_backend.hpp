// The Backend of a Docker Engine, API 1.41 or later. Threads: any number at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "docker/answers.hpp"
#include "engine/engine_backend.hpp"

namespace nexus::docker {

class DockerBackend final : public engine::EngineBackend {
  public:
    // `config` as engine::config_schema has it. Throws BackendError: see parse_config and
    // ApiClient.
    DockerBackend(const PluginHost& host, std::string_view config);

    void remove(const CallContext& ctx, const std::string& name) override;
    void remove_network(const CallContext& ctx, const std::string& name) override;

  private:
    engine::Request creation(const CallContext& ctx, const ContainerSpec& spec) override;
    std::optional<NetworkState> find_network(const CallContext& ctx,
                                             const std::string& name) override;
    NetworkState create_network(const CallContext& ctx, const NetworkSpec& spec) override;

    // All networks of exactly this name, the oldest first.
    std::vector<ListedNetwork> find_networks(const CallContext& ctx, const std::string& name);
};

}  // namespace nexus::docker
