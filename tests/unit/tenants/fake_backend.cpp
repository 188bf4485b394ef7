#include "fake_backend.hpp"

#include <unistd.h>

#include <algorithm>

namespace nexus::test {

void FakeBackend::begin(const std::string& op) {
    {
        const std::scoped_lock lock(mutex_);
        calls.push_back(op);
    }
    before(op);
}

ContainerState& FakeBackend::at(const std::string& name) {
    const auto place = containers.find(name);
    if (place == containers.end())
        throw BackendError(Code::not_found, "no container " + name, false);
    return place->second;
}

Info FakeBackend::info(const CallContext&) {
    begin("info");
    return {"fake", "1", "1", 2, 1 << 30, {}};
}

std::vector<ContainerState> FakeBackend::list(const CallContext&, const Labels& labels) {
    begin("list");
    std::vector<ContainerState> states;
    for (const auto& [name, state] : containers) {
        const auto carries = [&state = state](const auto& label) {
            const auto found = state.labels.find(label.first);
            return found != state.labels.end() &&
                   (label.second.empty() || found->second == label.second);
        };
        if (std::all_of(labels.begin(), labels.end(), carries)) states.push_back(state);
    }
    return states;
}

std::optional<ContainerState> FakeBackend::inspect(const CallContext&, const std::string& name) {
    begin("inspect");
    const auto place = containers.find(name);
    if (place == containers.end()) return std::nullopt;
    return place->second;
}

std::optional<VolumeState> FakeBackend::inspect_volume(const CallContext&,
                                                       const std::string& name) {
    begin("inspect_volume");
    const auto place = volumes.find(name);
    if (place == volumes.end()) return std::nullopt;
    return place->second;
}

NetworkState FakeBackend::ensure_network(const CallContext&, const NetworkSpec& spec) {
    begin("ensure_network");
    return networks.try_emplace(spec.name, NetworkState{"id", spec.name, spec.subnet, spec.labels})
        .first->second;
}

void FakeBackend::remove_network(const CallContext&, const std::string& name) {
    begin("remove_network");
    networks.erase(name);
}

VolumeState FakeBackend::ensure_volume(const CallContext&, const VolumeSpec& spec) {
    begin("ensure_volume");
    return volumes.try_emplace(spec.name, VolumeState{spec.name, "", spec.labels}).first->second;
}

void FakeBackend::remove_volume(const CallContext&, const std::string& name) {
    begin("remove_volume");
    volumes.erase(name);
}

ImageState FakeBackend::ensure_image(const CallContext&, const ImageRequest& request) {
    begin("ensure_image");
    const std::scoped_lock lock(mutex_);
    return {"id", images.try_emplace(request.reference, true).second};
}

ContainerState FakeBackend::ensure_container(const CallContext&, const ContainerSpec& spec) {
    begin("ensure_container");
    const auto [place, made] = containers.try_emplace(spec.name);
    if (made) {
        place->second.name = spec.name;
        place->second.image = spec.image;
        place->second.labels = spec.labels;
        specs[spec.name] = spec;
    }
    return place->second;
}

void FakeBackend::start(const CallContext&, const std::string& name) {
    begin("start");
    at(name).phase = phase_after_start;
    at(name).health = health_after_start;
}

void FakeBackend::stop(const CallContext&, const std::string& name, std::chrono::seconds) {
    begin("stop");
    at(name).phase = Phase::exited;
}

void FakeBackend::remove(const CallContext&, const std::string& name) {
    begin("remove");
    containers.erase(name);
}

void FakeBackend::logs(const CallContext&, const std::string&, std::int64_t, int fd) {
    begin("logs");
    if (::write(fd, log_text.data(), log_text.size()) < 0) {
        throw BackendError(Code::internal, "write", false);
    }
}

void FakeBackend::remove_image(const CallContext&, const std::string& reference) {
    begin("remove_image");
    const std::scoped_lock lock(mutex_);
    images.erase(reference);
}

}  // namespace nexus::test
