// The Backend of a Docker Engine, API 1.41 or later. Threads: any number at once.
#pragma once

#include <nexus/backend.hpp>
#include <nexus/plugin.hpp>
#include <string>
#include <string_view>

#include "docker/config.hpp"
#include "docker/docker_client.hpp"
#include "docker/image_reference.hpp"
#include "engine/gate.hpp"

namespace nexus::docker {

class DockerBackend final : public Backend {
  public:
    // `config` as config_schema has it. Throws BackendError: see parse_config and DockerClient.
    DockerBackend(const PluginHost& host, std::string_view config);

    Info info(const CallContext& ctx) override;
    std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) override;
    std::optional<ContainerState> inspect(const CallContext& ctx, const std::string& name) override;
    std::optional<VolumeState> inspect_volume(const CallContext& ctx,
                                              const std::string& name) override;
    NetworkState ensure_network(const CallContext& ctx, const NetworkSpec& spec) override;
    void remove_network(const CallContext& ctx, const std::string& name) override;
    VolumeState ensure_volume(const CallContext& ctx, const VolumeSpec& spec) override;
    void remove_volume(const CallContext& ctx, const std::string& name) override;
    ImageState ensure_image(const CallContext& ctx, const ImageRequest& request) override;
    ContainerState ensure_container(const CallContext& ctx, const ContainerSpec& spec) override;
    void start(const CallContext& ctx, const std::string& name) override;
    void stop(const CallContext& ctx, const std::string& name, std::chrono::seconds grace) override;
    void remove(const CallContext& ctx, const std::string& name) override;
    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override;

  private:
    DockerBackend(const PluginHost& host, const Config& config);

    std::optional<InspectedContainer> find_container(const CallContext& ctx,
                                                     const std::string& name);
    // What the engine takes for exactly the container `name`; nothing where it can tell by itself
    // that there is none.
    std::optional<std::string> exact(const CallContext& ctx, const std::string& name);
    std::string exact_or_throw(const CallContext& ctx, const std::string& name);

    // All networks of exactly this name, the oldest first.
    std::vector<ListedNetwork> find_networks(const CallContext& ctx, const std::string& name);
    // The network that a container of ours can be on.
    std::string network_id(const CallContext& ctx, const std::string& name);
    NetworkState create_network(const CallContext& ctx, const NetworkSpec& spec);

    std::optional<std::string> find_image(const CallContext& ctx, const ImageReference& image,
                                          const std::string& reference);
    void pull(const CallContext& ctx, const ImageReference& image, const ImageRequest& request);

    PluginHost host_;
    DockerClient client_;
    engine::Gate creations_;
    engine::NameLocks containers_;
    engine::NameLocks networks_;
};

}  // namespace nexus::docker
