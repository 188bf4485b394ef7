// Networks, volumes and images of the DockerBackend.
#include <algorithm>
#include <tuple>

#include "docker/docker_backend.hpp"
#include "docker/errors.hpp"
#include "docker/pull.hpp"
#include "docker/requests.hpp"
#include "engine/line_splitter.hpp"

namespace nexus::docker {
namespace {

constexpr std::chrono::seconds between_progress(2);
constexpr int inside_stream = 500;  // what the status would have been

BackendError no_network(const std::string& name) {
    return {Code::not_found, "there is no network " + name, false};
}

}  // namespace

NetworkState DockerBackend::ensure_network(const CallContext& ctx, const NetworkSpec& spec) {
    require_name("network", spec.name);
    // The engine's own check for duplicates lets two creations through that come at once.
    const engine::Permit permit =
        networks_.enter(ctx, spec.name, "another creation of network " + spec.name);
    const auto found = find_networks(ctx, spec.name);
    return found.empty() ? create_network(ctx, spec) : found.front().state;
}

NetworkState DockerBackend::create_network(const CallContext& ctx, const NetworkSpec& spec) {
    const std::string what = "creating network " + spec.name;
    try {
        const std::string id = client_.call(ctx, docker::create_network(spec), what, parse_id);
        return client_.call(ctx, inspect_network(id), what, parse_network).state;
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        const auto found = find_networks(ctx, spec.name);
        if (found.empty()) throw;  // not the name, but the subnet
        return found.front().state;
    }
}

void DockerBackend::remove_network(const CallContext& ctx, const std::string& name) {
    require_name("network", name);
    for (const auto& network : find_networks(ctx, name)) {
        client_.find(ctx, docker::remove_network(network.state.id), "removing network " + name);
    }
}

std::vector<ListedNetwork> DockerBackend::find_networks(const CallContext& ctx,
                                                        const std::string& name) {
    auto networks =
        client_.call(ctx, list_networks(name), "looking for network " + name, parse_networks);
    std::erase_if(networks, [&name](const auto& network) { return network.state.name != name; });
    std::sort(networks.begin(), networks.end(), [](const auto& left, const auto& right) {
        return std::tie(left.created, left.state.id) < std::tie(right.created, right.state.id);
    });
    return networks;
}

std::string DockerBackend::network_id(const CallContext& ctx, const std::string& name) {
    require_name("network", name);
    const auto found = find_networks(ctx, name);
    if (found.empty()) throw no_network(name);
    const std::string& driver = found.front().driver;
    // "host" and "none" are listed as networks as well.
    if (driver == "host" || driver == "null") {
        throw BackendError(Code::invalid, "network: \"" + name + "\" is no network of its own",
                           false);
    }
    return found.front().state.id;
}

std::optional<VolumeState> DockerBackend::inspect_volume(const CallContext& ctx,
                                                         const std::string& name) {
    require_name("volume", name);
    return client_.find(ctx, docker::inspect_volume(name), "inspecting volume " + name,
                        parse_volume);
}

VolumeState DockerBackend::ensure_volume(const CallContext& ctx, const VolumeSpec& spec) {
    require_name("volume", spec.name);
    // The engine returns one that exists, as it is.
    return client_.call(ctx, create_volume(spec), "creating volume " + spec.name, parse_volume);
}

void DockerBackend::remove_volume(const CallContext& ctx, const std::string& name) {
    require_name("volume", name);
    client_.find(ctx, docker::remove_volume(name), "removing volume " + name);
}

ImageState DockerBackend::ensure_image(const CallContext& ctx, const ImageRequest& request) {
    const ImageReference image = parse_image(request.reference);
    if (auto id = find_image(ctx, image, request.reference)) return {std::move(*id), false};
    pull(ctx, image, request);
    if (auto id = find_image(ctx, image, request.reference)) return {std::move(*id), true};
    throw BackendError(Code::internal,
                       "image " + request.reference + " is not there although it was pulled", true);
}

std::optional<std::string> DockerBackend::find_image(const CallContext& ctx,
                                                     const ImageReference& image,
                                                     const std::string& reference) {
    return client_.find(ctx, inspect_image(image), "inspecting image " + reference, parse_id);
}

void DockerBackend::pull(const CallContext& ctx, const ImageReference& image,
                         const ImageRequest& request) {
    const std::string what = "pulling image " + request.reference;
    const auto pull_request = pull_image(image, request.auth);
    host_.log(NEXUS_LOG_INFORMATION, what);
    PullProgress progress;
    RateLimit rate(between_progress, RateLimit::Clock::now());
    engine::LineSplitter lines([&](std::string_view line) {
        try {
            progress.line(line);
        } catch (const codec::Malformed& problem) {
            throw engine::unreadable(client_.engine(), pull_request, problem);
        }
        if (rate.passes(RateLimit::Clock::now())) {
            host_.log(NEXUS_LOG_INFORMATION, what + ": " + progress.summary());
        }
    });
    client_.stream(ctx, pull_request, what,
                   [&lines](std::string_view piece) { lines.feed(piece); });
    lines.finish();
    if (progress.error()) throw to_error(inside_stream, *progress.error(), what);
    if (!progress.succeeded()) {
        throw BackendError(Code::unavailable, what + ": the engine stopped before it was done",
                           true);
    }
    host_.log(NEXUS_LOG_INFORMATION, what + ": done, " + progress.summary());
}

}  // namespace nexus::docker
