#include "engine.hpp"

#include <algorithm>
#include <iterator>

#include "refusals.hpp"
#include "timestamp.hpp"

namespace simulated {
namespace {

using nexus::Code;
using nexus::ContainerSpec;
using nexus::ContainerState;
using nexus::ImageState;
using nexus::Labels;
using nexus::NetworkSpec;
using nexus::NetworkState;
using nexus::Phase;
using nexus::VolumeSpec;
using nexus::VolumeState;

constexpr std::size_t most_log_lines = 100;

bool matches(const Labels& actual, const Labels& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
        const auto found = actual.find(label.first);
        return found != actual.end() && (label.second.empty() || found->second == label.second);
    });
}

void say(Container& container, const std::string& line) {
    if (container.log.size() == most_log_lines) container.log.erase(container.log.begin());
    container.log.push_back(timestamp() + " " + line);
}

}  // namespace

Engine::Engine(State state) : state_(std::move(state)) {
    for (const auto& [name, network] : state_.networks)
        subnets_.take(network.subnet);
    for (const auto& [name, container] : state_.containers)
        count_uses(container.spec, 1);
}

std::vector<ContainerState> Engine::list(const Labels& labels) const {
    std::vector<ContainerState> result;
    for (const auto& [name, container] : state_.containers) {
        if (matches(container.state.labels, labels)) result.push_back(container.state);
    }
    return result;
}

std::optional<ContainerState> Engine::inspect(const std::string& name) const {
    const auto found = state_.containers.find(name);
    if (found == state_.containers.end()) return std::nullopt;
    return found->second.state;
}

std::optional<VolumeState> Engine::inspect_volume(const std::string& name) const {
    const auto found = state_.volumes.find(name);
    if (found == state_.volumes.end()) return std::nullopt;
    return found->second;
}

std::optional<NetworkState> Engine::inspect_network(const std::string& name) const {
    const auto found = state_.networks.find(name);
    if (found == state_.networks.end()) return std::nullopt;
    return found->second;
}

NetworkState Engine::ensure_network(const NetworkSpec& spec) {
    require_object_name(spec.name, "network");
    const auto found = state_.networks.find(spec.name);
    if (found != state_.networks.end()) return found->second;
    const std::string subnet = subnets_.take(spec.subnet);
    return state_.networks[spec.name] = {next_id(), spec.name, subnet, spec.labels};
}

void Engine::remove_network(const std::string& name) {
    const auto found = state_.networks.find(name);
    if (found == state_.networks.end()) return;
    if (network_uses_.count(name) > 0) {
        throw refusal(Code::conflict, "a container uses the network " + name);
    }
    subnets_.release(found->second.subnet);
    state_.networks.erase(found);
    ++revision_;
}

VolumeState Engine::ensure_volume(const VolumeSpec& spec) {
    require_object_name(spec.name, "volume");
    const auto [volume, added] =
        state_.volumes.try_emplace(spec.name, VolumeState{spec.name, "", spec.labels});
    if (added) ++revision_;
    return volume->second;
}

void Engine::remove_volume(const std::string& name) {
    if (volume_uses_.count(name) > 0) {
        throw refusal(Code::conflict, "a container uses the volume " + name);
    }
    revision_ += state_.volumes.erase(name);
}

ImageState Engine::ensure_image(const std::string& reference) {
    require_name(reference, "image");
    const auto found = state_.images.find(reference);
    if (found != state_.images.end()) return found->second;
    const ImageState image{"sha256:" + next_id(), false};
    state_.images.emplace(reference, image);
    return {image.id, true};
}

void Engine::remove_image(const std::string& reference) {
    require_name(reference, "image");
    if (image_uses_.count(reference) > 0) {
        throw refusal(Code::conflict, "a container uses the image " + reference);
    }
    revision_ += state_.images.erase(reference);
}

ContainerState Engine::ensure_container(const ContainerSpec& spec) {
    require_object_name(spec.name, "container");
    const auto found = state_.containers.find(spec.name);
    if (found != state_.containers.end()) return found->second.state;
    require_creatable(spec);
    for (const auto& mount : spec.volumes)
        ensure_volume({mount.volume, {}});  // as engines do
    Container& container = state_.containers[spec.name];
    container.spec = spec;
    container.state.id = next_id();
    container.state.name = spec.name;
    container.state.image = spec.image;
    container.state.labels = spec.labels;
    container.state.mounts = spec.binds;
    for (const auto& mount : spec.volumes)
        container.state.mounts.push_back({"", mount.target, false});
    count_uses(spec, 1);
    changed(container.state, "created");
    return container.state;
}

void Engine::require_creatable(const ContainerSpec& spec) const {
    if (state_.images.count(spec.image) == 0) {
        throw refusal(Code::not_found, "there is no image " + spec.image);
    }
    require_name(spec.network, "network");
    if (state_.networks.count(spec.network) == 0) {
        throw refusal(Code::not_found, "there is no network " + spec.network);
    }
    for (const auto& mount : spec.volumes)
        require_object_name(mount.volume, "volume");
}

void Engine::start(const std::string& name) {
    Container& started = container(name);
    ContainerState& state = started.state;
    if (state.phase == Phase::running) return;
    if (state.phase == Phase::paused) {
        throw refusal(Code::conflict, "the container " + name + " is paused; unpause it");
    }
    state.phase = Phase::running;
    state.exit_code = 0;
    state.started_at = timestamp();
    state.finished_at.clear();
    say(started, "started");
    changed(state, "started");
}

void Engine::stop(const std::string& name) {
    Container& stopped = container(name);
    ContainerState& state = stopped.state;
    if (state.phase != Phase::running && state.phase != Phase::paused) return;
    state.phase = Phase::exited;
    state.finished_at = timestamp();
    say(stopped, "stopped");
    changed(state, "exited");
}

void Engine::remove(const std::string& name) {
    const auto found = state_.containers.find(name);
    if (found == state_.containers.end()) return;
    count_uses(found->second.spec, -1);
    changed(found->second.state, "removed");
    state_.containers.erase(found);
}

void Engine::pause(const std::string& name) {
    ContainerState& state = container(name).state;
    if (state.phase == Phase::paused) return;
    if (state.phase != Phase::running) {
        throw refusal(Code::conflict, "the container " + name + " does not run");
    }
    state.phase = Phase::paused;
    ++revision_;
}

void Engine::unpause(const std::string& name) {
    ContainerState& state = container(name).state;
    if (state.phase != Phase::paused) return;
    state.phase = Phase::running;
    ++revision_;
}

void Engine::rename(const std::string& name, const std::string& new_name) {
    require_object_name(new_name, "container");
    container(name);
    if (state_.containers.count(new_name) > 0) {
        throw refusal(Code::exists, "there is a container " + new_name + " already");
    }
    auto moved = state_.containers.extract(name);
    moved.key() = new_name;
    moved.mapped().spec.name = new_name;
    moved.mapped().state.name = new_name;
    state_.containers.insert(std::move(moved));
    ++revision_;
}

nexus::Stats Engine::stats(const std::string& name) const {
    const Container& asked = container(name);
    nexus::Stats stats;
    if (asked.state.phase != Phase::running) return stats;
    constexpr std::int64_t megabyte = 1 << 20;
    stats.memory_bytes = megabyte;
    stats.memory_limit_bytes = asked.spec.memory_bytes;
    stats.pids = 1;
    return stats;
}

void Engine::require_volume(const std::string& name) const {
    if (state_.volumes.count(name) > 0) return;
    throw refusal(Code::not_found, "there is no volume " + name);
}

void Engine::swap_volumes(const std::string& first, const std::string& second) {
    require_volume(first);
    require_volume(second);
    if (first == second) throw refusal(Code::invalid, "both volumes are " + first);
    for (const auto& [name, container] : state_.containers) {
        const Phase phase = container.state.phase;
        if (phase != Phase::running && phase != Phase::paused) continue;
        for (const auto& mount : container.spec.volumes) {
            if (mount.volume != first && mount.volume != second) continue;
            throw refusal(Code::conflict,
                          "the container " + name + " uses the volume " + mount.volume);
        }
    }
    ++revision_;
}

std::string Engine::logs(const std::string& name, std::int64_t tail) const {
    const auto& lines = container(name).log;
    const auto all = static_cast<std::int64_t>(lines.size());
    std::string text;
    for (auto line = std::prev(lines.end(), std::clamp<std::int64_t>(tail, 0, all));
         line != lines.end(); ++line)
        text += *line + '\n';
    return text;
}

const Container& Engine::container(const std::string& name) const {
    const auto found = state_.containers.find(name);
    if (found != state_.containers.end()) return found->second;
    throw refusal(Code::not_found, "there is no container " + name);
}

Container& Engine::container(const std::string& name) {
    return const_cast<Container&>(std::as_const(*this).container(name));
}

void Engine::count_uses(const ContainerSpec& spec, std::int64_t change) {
    const auto count = [change](auto& uses, const std::string& name) {
        if ((uses[name] += change) == 0) uses.erase(name);
    };
    count(network_uses_, spec.network);
    count(image_uses_, spec.image);
    for (const auto& mount : spec.volumes)
        count(volume_uses_, mount.volume);
}

void Engine::changed(const ContainerState& container, const char* action) {
    ++revision_;
    const auto tenant = container.labels.find("io.nexus.tenant");
    events_.push_back({container.name, tenant == container.labels.end() ? "" : tenant->second,
                       action, container.exit_code});
}

// Also counts as a change: whatever gets an id is new.
std::string Engine::next_id() {
    ++revision_;
    constexpr std::size_t length = 64;
    const std::string digits = std::to_string(++state_.last_id);
    return std::string(length - digits.size(), '0') + digits;
}

}  // namespace simulated
