#include "docker/docker_backend.hpp"

#include <algorithm>
#include <tuple>

#include "docker/protocol.hpp"
#include "docker/requests.hpp"
#include "engine/names.hpp"
#include "engine/object_answers.hpp"
#include "engine/requests.hpp"

namespace nexus::docker {

DockerBackend::DockerBackend(const PluginHost& host, std::string_view config)
    : EngineBackend(host, engine::parse_config(config, "docker", "unix:///var/run/docker.sock"),
                    dialect()) {}

engine::Request DockerBackend::creation(const CallContext& ctx, const ContainerSpec& spec) {
    engine::require_name("network", spec.network);
    const auto found = find_networks(ctx, spec.network);
    if (found.empty()) {
        throw BackendError(Code::not_found, "there is no network " + spec.network, false);
    }
    const std::string& driver = found.front().driver;
    // "host" and "none" are listed as networks as well.
    if (driver == "host" || driver == "null") {
        throw BackendError(Code::invalid,
                           "network: \"" + spec.network + "\" is no network of its own", false);
    }
    return create_container(spec, found.front().state.id);
}

void DockerBackend::remove(const CallContext& ctx, const std::string& name) {
    const auto container = exact(ctx, name);
    if (!container) return;
    const std::string what = "removing container " + name;
    try {
        client().find(ctx, engine::remove_container(*container), what);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        // Another removal is under way, and this one is done when that is.
        client().find(ctx, wait_for_removal(*container), what);
    }
}

NetworkState DockerBackend::create_network(const CallContext& ctx, const NetworkSpec& spec) {
    const std::string what = "creating network " + spec.name;
    const std::string id = client().call(ctx, docker::create_network(spec), what, engine::parse_id);
    return client().call(ctx, docker::inspect_network(id), what, parse_network).state;
}

void DockerBackend::remove_network(const CallContext& ctx, const std::string& name) {
    engine::require_name("network", name);
    for (const auto& network : find_networks(ctx, name)) {
        client().find(ctx, docker::remove_network(network.state.id), "removing network " + name);
    }
}

std::optional<NetworkState> DockerBackend::find_network(const CallContext& ctx,
                                                        const std::string& name) {
    auto networks = find_networks(ctx, name);
    if (networks.empty()) return std::nullopt;
    return std::move(networks.front().state);
}

std::vector<ListedNetwork> DockerBackend::find_networks(const CallContext& ctx,
                                                        const std::string& name) {
    auto networks =
        client().call(ctx, list_networks(name), "looking for network " + name, parse_networks);
    std::erase_if(networks, [&name](const auto& network) { return network.state.name != name; });
    std::sort(networks.begin(), networks.end(), [](const auto& left, const auto& right) {
        return std::tie(left.created, left.state.id) < std::tie(right.created, right.state.id);
    });
    return networks;
}

}  // namespace nexus::docker
