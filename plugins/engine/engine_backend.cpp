#include "engine/engine_backend.hpp"

#include <algorithm>

#include "engine/container_events.hpp"
#include "engine/log_frames.hpp"
#include "engine/names.hpp"
#include "engine/object_answers.hpp"
#include "engine/requests.hpp"
#include "engine/write_fd.hpp"

namespace nexus::engine {
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

bool is_plain_remote(const Endpoint& endpoint) {
    return endpoint.path.empty() && endpoint.host != "localhost" && endpoint.host != "::1" &&
           !endpoint.host.starts_with("127.");
}

BackendError no_container(const std::string& name) {
    return {Code::not_found, "there is no container " + name, false};
}

}  // namespace

bool EngineBackend::lives(Phase phase) noexcept {
    return phase == Phase::running || phase == Phase::paused;
}

EngineBackend::EngineBackend(const PluginHost& host, const Config& config, Dialect dialect)
    : host_(host),
      dialect_(std::move(dialect)),
      archive_only_(config.volume_access == "archive"),
      client_(config.endpoint, dialect_.protocol),
      creations_(config.max_parallel),
      archive_({client_, host_, dialect_.archive,
                [this](const CallContext& ctx, const std::string& name) { remove(ctx, name); }}),
      events_(client_.http(), client_.prefixed(dialect_.events), host_, translate_event) {
    host_.log(NEXUS_LOG_INFORMATION,
              "speaking API " + client_.api_version() + " with " + client_.engine().name());
}

Info EngineBackend::info(const CallContext& ctx) {
    Info result =
        client_.call(ctx, engine::info(), "asking the engine about itself", dialect_.parse_info);
    result.api_version = client_.api_version();
    result.volumes = volume_access(std::move(result.volumes.folder));
    if (is_plain_remote(client_.engine().endpoint)) {
        result.warnings.emplace_back(
            "The engine is reached over plain TCP: who can listen or connect there rules this "
            "host.");
    }
    return result;
}

std::vector<ContainerState> EngineBackend::list(const CallContext& ctx, const Labels& labels) {
    auto containers =
        client_.call(ctx, list_containers(labels), "listing containers", parse_containers);
    std::erase_if(containers, [&labels](const auto& found) { return !carries(found, labels); });
    for (auto& container : containers)
        refine(container);
    return containers;
}

std::optional<ContainerState> EngineBackend::inspect(const CallContext& ctx,
                                                     const std::string& name) {
    auto found = find_container(ctx, name);
    if (!found) return std::nullopt;
    return std::move(found->state);
}

ContainerState EngineBackend::ensure_container(const CallContext& ctx, const ContainerSpec& spec) {
    require_name("container", spec.name);
    // While the engine makes a container it refuses the name and does not yet show who has it.
    const Permit one_of_a_name =
        containers_.enter(ctx, spec.name, "another creation of container " + spec.name);
    if (auto found = inspect(ctx, spec.name)) return std::move(*found);
    const auto request = creation(ctx, spec);
    const Permit permit = creations_.enter(ctx, other_containers);
    try {
        return create(ctx, request, "creating container " + spec.name);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        // Somebody outside was faster, and may not be done.
        if (auto found = inspect(ctx, spec.name)) return std::move(*found);
        throw BackendError(Code::conflict, error.what(), true);
    }
}

ContainerState EngineBackend::create(const CallContext& ctx, const Request& request,
                                     const std::string& what) {
    const std::string id = client_.call(ctx, request, what, parse_id);
    auto state = client_.call(ctx, inspect_container(id), what, parse_container).state;
    refine(state);
    return state;
}

void EngineBackend::start(const CallContext& ctx, const std::string& name) {
    const std::string container = exact_or_throw(ctx, name);
    const Permit permit = creations_.enter(ctx, other_containers);
    client_.call(ctx, start_container(container), "starting container " + name);
}

void EngineBackend::stop(const CallContext& ctx, const std::string& name,
                         std::chrono::seconds grace) {
    client_.call(ctx, stop_container(exact_or_throw(ctx, name), dialect_.stop_parameter, grace),
                 "stopping container " + name);
}

void EngineBackend::logs(const CallContext& ctx, const std::string& name, std::int64_t tail,
                         int fd) {
    const auto found = existing(ctx, name);
    const auto write = [&ctx, fd](std::string_view text) { write_all(ctx, fd, text); };
    const auto request = container_logs(found.state.id, tail);
    const std::string what = "reading the logs of container " + name;
    if (found.tty) {
        client_.stream(ctx, request, what, write);
        return;
    }
    LogFrames frames(write);
    client_.stream(ctx, request, what, [&frames](std::string_view piece) { frames.feed(piece); });
    frames.finish();
}

void EngineBackend::pause(const CallContext& ctx, const std::string& name) {
    const auto state = existing(ctx, name).state;
    if (state.phase == Phase::paused) return;
    if (state.phase != Phase::running) {
        throw BackendError(Code::conflict, "container " + name + " does not run: it cannot pause",
                           false);
    }
    client_.call(ctx, pause_container(state.id), "pausing container " + name);
}

void EngineBackend::unpause(const CallContext& ctx, const std::string& name) {
    const auto state = existing(ctx, name).state;
    if (state.phase != Phase::paused) return;
    client_.call(ctx, unpause_container(state.id), "unpausing container " + name);
}

void EngineBackend::rename(const CallContext& ctx, const std::string& name,
                           const std::string& new_name) {
    require_name("container", new_name);
    const std::string container = exact_or_throw(ctx, name);
    try {
        client_.call(ctx, rename_container(container, new_name), "renaming container " + name);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        throw BackendError(Code::exists, error.what(), false);
    }
}

Stats EngineBackend::stats(const CallContext& ctx, const std::string& name) {
    const auto found = existing(ctx, name);
    if (!lives(found.state.phase)) return {};
    Stats stats = client_.call(ctx, dialect_.stats(found.state.id), "measuring container " + name,
                               dialect_.parse_stats);
    // Where there is no limit both engines give the memory of the host for it.
    stats.memory_limit_bytes = found.memory_limit;
    return stats;
}

void EngineBackend::refine(ContainerState& /*state*/) {}

std::optional<InspectedContainer> EngineBackend::find_container(const CallContext& ctx,
                                                                const std::string& name) {
    require_name("container", name);
    auto found =
        client_.find(ctx, inspect_container(name), "inspecting container " + name, parse_container);
    // The engine also answers to the beginning of an id.
    if (found && found->state.name != name) return std::nullopt;
    if (found) refine(found->state);
    return found;
}

std::optional<std::string> EngineBackend::exact(const CallContext& ctx, const std::string& name) {
    require_name("container", name);
    if (!could_be_id(name)) return name;
    const auto found = find_container(ctx, name);
    if (!found) return std::nullopt;
    return found->state.id;
}

std::string EngineBackend::exact_or_throw(const CallContext& ctx, const std::string& name) {
    auto container = exact(ctx, name);
    if (!container) throw no_container(name);
    return std::move(*container);
}

InspectedContainer EngineBackend::existing(const CallContext& ctx, const std::string& name) {
    auto found = find_container(ctx, name);
    if (!found) throw no_container(name);
    return std::move(*found);
}

}  // namespace nexus::engine
