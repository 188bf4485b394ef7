#include "docker/docker_backend.hpp"

#include <algorithm>

#include "docker/requests.hpp"
#include "engine/log_frames.hpp"
#include "engine/write_fd.hpp"

namespace nexus::docker {
namespace {

constexpr std::string_view other_containers = "other containers to be created or started";

// The engine's filter is not trusted to match whole labels.
bool carries(const ContainerState& container, const Labels& labels) {
    return std::all_of(labels.begin(), labels.end(), [&container](const auto& label) {
        const auto found = container.labels.find(label.first);
        return found != container.labels.end() &&
               (label.second.empty() || found->second == label.second);
    });
}

bool is_plain_remote(const engine::Endpoint& endpoint) {
    return endpoint.path.empty() && endpoint.host != "localhost" && endpoint.host != "::1" &&
           !endpoint.host.starts_with("127.");
}

BackendError no_container(const std::string& name) {
    return {Code::not_found, "there is no container " + name, false};
}

}  // namespace

DockerBackend::DockerBackend(const PluginHost& host, std::string_view config)
    : DockerBackend(host, parse_config(config)) {}

DockerBackend::DockerBackend(const PluginHost& host, const Config& config)
    : host_(host), client_(config.endpoint), creations_(config.max_parallel) {
    host_.log(NEXUS_LOG_INFORMATION,
              "speaking API " + client_.api().text() + " with " + client_.engine().name());
}

Info DockerBackend::info(const CallContext& ctx) {
    Info result = client_.call(ctx, docker::info(), "asking the engine about itself", parse_info);
    result.api_version = client_.api().text();
    if (is_plain_remote(client_.engine().endpoint)) {
        result.warnings.emplace_back(
            "The engine is reached over plain TCP: who can listen or connect there rules this "
            "host.");
    }
    return result;
}

std::vector<ContainerState> DockerBackend::list(const CallContext& ctx, const Labels& labels) {
    auto containers =
        client_.call(ctx, list_containers(labels), "listing containers", parse_containers);
    std::erase_if(containers, [&labels](const auto& found) { return !carries(found, labels); });
    return containers;
}

std::optional<ContainerState> DockerBackend::inspect(const CallContext& ctx,
                                                     const std::string& name) {
    auto found = find_container(ctx, name);
    if (!found) return std::nullopt;
    return std::move(found->state);
}

ContainerState DockerBackend::ensure_container(const CallContext& ctx, const ContainerSpec& spec) {
    require_name("container", spec.name);
    // While the engine makes a container it refuses the name and does not yet show who has it.
    const engine::Permit one_of_a_name =
        containers_.enter(ctx, spec.name, "another creation of container " + spec.name);
    if (auto found = inspect(ctx, spec.name)) return std::move(*found);
    const std::string what = "creating container " + spec.name;
    const auto request = create_container(spec, network_id(ctx, spec.network));
    const engine::Permit permit = creations_.enter(ctx, other_containers);
    try {
        const std::string id = client_.call(ctx, request, what, parse_id);
        return client_.call(ctx, inspect_container(id), what, parse_container).state;
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        // Somebody outside was faster, and may not be done.
        if (auto found = inspect(ctx, spec.name)) return std::move(*found);
        throw BackendError(Code::conflict, error.what(), true);
    }
}

void DockerBackend::start(const CallContext& ctx, const std::string& name) {
    const std::string container = exact_or_throw(ctx, name);
    const engine::Permit permit = creations_.enter(ctx, other_containers);
    client_.call(ctx, start_container(container), "starting container " + name);
}

void DockerBackend::stop(const CallContext& ctx, const std::string& name,
                         std::chrono::seconds grace) {
    client_.call(ctx, stop_container(exact_or_throw(ctx, name), grace),
                 "stopping container " + name);
}

void DockerBackend::remove(const CallContext& ctx, const std::string& name) {
    const auto container = exact(ctx, name);
    if (!container) return;
    const std::string what = "removing container " + name;
    try {
        client_.find(ctx, remove_container(*container), what);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        // Another removal is under way, and this one is done when that is.
        client_.find(ctx, wait_for_removal(*container), what);
    }
}

void DockerBackend::logs(const CallContext& ctx, const std::string& name, std::int64_t tail,
                         int fd) {
    const auto found = find_container(ctx, name);
    if (!found) throw no_container(name);
    const auto write = [&ctx, fd](std::string_view text) { engine::write_all(ctx, fd, text); };
    const auto request = container_logs(found->state.id, tail);
    const std::string what = "reading the logs of container " + name;
    if (found->tty) {
        client_.stream(ctx, request, what, write);
        return;
    }
    engine::LogFrames frames(write);
    client_.stream(ctx, request, what, [&frames](std::string_view piece) { frames.feed(piece); });
    frames.finish();
}

std::optional<InspectedContainer> DockerBackend::find_container(const CallContext& ctx,
                                                                const std::string& name) {
    require_name("container", name);
    auto found =
        client_.find(ctx, inspect_container(name), "inspecting container " + name, parse_container);
    // The engine also answers to the beginning of an id.
    if (found && found->state.name != name) return std::nullopt;
    return found;
}

std::optional<std::string> DockerBackend::exact(const CallContext& ctx, const std::string& name) {
    require_name("container", name);
    if (!could_be_id(name)) return name;
    const auto found = find_container(ctx, name);
    if (!found) return std::nullopt;
    return found->state.id;
}

std::string DockerBackend::exact_or_throw(const CallContext& ctx, const std::string& name) {
    auto container = exact(ctx, name);
    if (!container) throw no_container(name);
    return std::move(*container);
}

}  // namespace nexus::docker
