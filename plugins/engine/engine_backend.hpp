// The part of a Backend that is the same for both engines: what is asked in which order, and what
// must be true in between. A plugin's class adds what its engine does differently. Threads: any
// number at once.
#pragma once

#include <memory>
#include <nexus/backend.hpp>
#include <nexus/plugin.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api_client.hpp"
#include "engine/archive_access.hpp"
#include "engine/config.hpp"
#include "engine/container_answers.hpp"
#include "engine/event_feed.hpp"
#include "engine/gate.hpp"
#include "engine/image_reference.hpp"
#include "engine/pull.hpp"

namespace nexus::engine {

// What one kind of engine says in other words than the other.
struct Dialect {
    Protocol protocol;
    std::string stop_parameter;  // of the time to stop in
    Request events;              // to follow what happens to containers

    // All but `api_version`.
    Info (*parse_info)(std::string_view json);

    Request (*stats)(const std::string& container);
    Stats (*parse_stats)(std::string_view json);

    Request (*inspect_volume)(const std::string& name);

    // The names that the image can have in the engine, the likeliest first.
    std::vector<std::string> (*image_names)(const ImageReference& image);
    Request (*pull_image)(const ImageReference& image, const RegistryAuth& auth);
    std::unique_ptr<PullProgress> (*pull_progress)();

    ArchiveWay archive;
};

class EngineBackend : public Backend {
  public:
    Info info(const CallContext& ctx) override;
    std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) override;
    std::optional<ContainerState> inspect(const CallContext& ctx, const std::string& name) override;
    std::optional<VolumeState> inspect_volume(const CallContext& ctx,
                                              const std::string& name) override;
    NetworkState ensure_network(const CallContext& ctx, const NetworkSpec& spec) override;
    VolumeState ensure_volume(const CallContext& ctx, const VolumeSpec& spec) override;
    void remove_volume(const CallContext& ctx, const std::string& name) override;
    ImageState ensure_image(const CallContext& ctx, const ImageRequest& request) override;
    ContainerState ensure_container(const CallContext& ctx, const ContainerSpec& spec) override;
    void start(const CallContext& ctx, const std::string& name) override;
    void stop(const CallContext& ctx, const std::string& name, std::chrono::seconds grace) override;
    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override;
    void pause(const CallContext& ctx, const std::string& name) override;
    void unpause(const CallContext& ctx, const std::string& name) override;
    void rename(const CallContext& ctx, const std::string& name,
                const std::string& new_name) override;
    Stats stats(const CallContext& ctx, const std::string& name) override;
    VolumeCopy export_volume(const CallContext& ctx, const std::string& name, int fd) override;
    VolumeCopy import_volume(const CallContext& ctx, const std::string& name, int fd) override;
    void remove_image(const CallContext& ctx, const std::string& reference) override;
    void swap_volumes(const CallContext& ctx, const std::string& first,
                      const std::string& second) override;
    std::optional<NetworkState> inspect_network(const CallContext& ctx,
                                                const std::string& name) override;

  protected:
    struct FoundImage {
        std::string name;  // one of Dialect::image_names
        std::string id;
    };

    // Speaks to the engine at once; throws BackendError: see ApiClient.
    EngineBackend(const PluginHost& host, const Config& config, Dialect dialect);

    // The request that creates the container.
    virtual Request creation(const CallContext& ctx, const ContainerSpec& spec) = 0;
    // The network of exactly this name.
    virtual std::optional<NetworkState> find_network(const CallContext& ctx,
                                                     const std::string& name) = 0;
    // Throws BackendError `conflict` where there is one of this name, or the subnet is taken.
    virtual NetworkState create_network(const CallContext& ctx, const NetworkSpec& spec) = 0;
    // Sees every state of a container before it is handed out.
    virtual void refine(ContainerState& state);

    // Whether it has processes.
    static bool lives(Phase phase) noexcept;

    virtual std::optional<InspectedContainer> find_container(const CallContext& ctx,
                                                             const std::string& name);
    // What the engine takes for exactly the container `name`; nothing where it can tell by itself
    // that there is none.
    std::optional<std::string> exact(const CallContext& ctx, const std::string& name);
    // These throw BackendError `not_found`.
    std::string exact_or_throw(const CallContext& ctx, const std::string& name);
    InspectedContainer existing(const CallContext& ctx, const std::string& name);

    std::optional<FoundImage> find_image(const CallContext& ctx, const std::string& reference);

    ApiClient& client() noexcept { return client_; }
    const PluginHost& host() const noexcept { return host_; }

  private:
    ContainerState create(const CallContext& ctx, const Request& request, const std::string& what);
    // Where the content of the volume can be seen from here; nothing where it cannot. Throws
    // BackendError `not_found`.
    std::optional<std::string> seen_folder(const CallContext& ctx, const std::string& volume);
    // `folder` is where the engine has its volumes.
    VolumeAccess volume_access(std::string folder) const;
    // What lets volumes be seen from here.
    std::string mend() const;
    void require_at_rest(const CallContext& ctx, const std::vector<std::string>& volumes);

    const PluginHost host_;
    const Dialect dialect_;
    const bool archive_only_;
    ApiClient client_;
    Gate creations_;
    NameLocks containers_;
    NameLocks networks_;
    ArchiveAccess archive_;
    EventFeed events_;
};

}  // namespace nexus::engine
