#include "fake_backend.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace nexus::test {

void FakeBackend::begin(const std::string& op) {
    {
        const std::scoped_lock lock(mutex_);
        calls.push_back(op);
    }
    before(op);
}

void FakeBackend::changed(const std::string& op, const std::string& object) {
    const std::scoped_lock lock(mutex_);
    effects.push_back(op + " " + object);
}

ContainerState& FakeBackend::at(const std::string& name) {
    const auto place = containers.find(name);
    if (place == containers.end())
        throw BackendError(Code::not_found, "no container " + name, false);
    return place->second;
}

Info FakeBackend::info(const CallContext&) {
    begin("info");
    return {"fake", "1", "1", 2, 1 << 30, {}, runs_programs};
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
    const auto [place, made] =
        volumes.try_emplace(spec.name, VolumeState{spec.name, "", spec.labels});
    if (made) changed("ensure_volume", spec.name);
    return place->second;
}

void FakeBackend::remove_volume(const CallContext&, const std::string& name) {
    begin("remove_volume");
    for (const auto& [container, state] : containers) {
        for (const auto& mount : specs[container].volumes) {
            if (mount.volume == name) throw BackendError(Code::conflict, "in use", false);
        }
    }
    contents.erase(name);
    if (volumes.erase(name) > 0) changed("remove_volume", name);
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
        changed("ensure_container", spec.name);
    }
    return place->second;
}

void FakeBackend::start(const CallContext&, const std::string& name) {
    begin("start");
    if (at(name).phase == Phase::running) return;
    const bool bad = bad_images.count(at(name).image) > 0;
    at(name).phase = bad ? Phase::exited : phase_after_start;
    at(name).health = health_after_start;
    changed("start", name);
}

void FakeBackend::stop(const CallContext&, const std::string& name, std::chrono::seconds) {
    begin("stop");
    if (at(name).phase == Phase::running) changed("stop", name);
    at(name).phase = Phase::exited;
}

void FakeBackend::remove(const CallContext&, const std::string& name) {
    begin("remove");
    if (containers.erase(name) > 0) changed("remove", name);
}

void FakeBackend::rename(const CallContext&, const std::string& name, const std::string& new_name) {
    begin("rename");
    at(name).name = new_name;
    auto moved = containers.extract(name);
    moved.key() = new_name;
    if (!containers.insert(std::move(moved)).inserted) {
        throw BackendError(Code::exists, "there is a container " + new_name, false);
    }
    specs[new_name] = specs[name];
    changed("rename", name);
}

void FakeBackend::logs(const CallContext&, const std::string&, std::int64_t, int fd) {
    begin("logs");
    if (::write(fd, log_text.data(), log_text.size()) < 0) {
        throw BackendError(Code::internal, "write", false);
    }
}

void FakeBackend::pause(const CallContext&, const std::string& name) {
    begin("pause");
    if (at(name).phase == Phase::paused) return;
    if (at(name).phase != Phase::running) {
        throw BackendError(Code::conflict, name + " does not run", false);
    }
    at(name).phase = Phase::paused;
    changed("pause", name);
}

void FakeBackend::unpause(const CallContext&, const std::string& name) {
    begin("unpause");
    if (at(name).phase != Phase::paused) return;
    at(name).phase = Phase::running;
    changed("unpause", name);
}

void FakeBackend::require_volume(const std::string& name) const {
    if (volumes.count(name) > 0) return;
    throw BackendError(Code::not_found, "no volume " + name, false);
}

VolumeCopy FakeBackend::export_volume(const CallContext&, const std::string& name, int fd) {
    begin("export_volume");
    require_volume(name);
    const auto found = contents.find(name);
    const std::string tar = found == contents.end() ? std::string(1024, '\0') : found->second;
    for (std::size_t at = 0; at < tar.size();) {
        const ssize_t written = ::write(fd, tar.data() + at, tar.size() - at);
        if (written < 0) throw BackendError(Code::internal, "write", false);
        at += static_cast<std::size_t>(written);
    }
    return {"mount_point", {}, 1, static_cast<std::int64_t>(tar.size()), {}};
}

VolumeCopy FakeBackend::import_volume(const CallContext&, const std::string& name, int fd) {
    begin("import_volume");
    require_volume(name);
    if (contents.count(name) > 0) throw BackendError(Code::conflict, "not empty", false);
    std::string tar;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(fd, piece.data(), piece.size())) != 0;) {
        if (got < 0) throw BackendError(Code::internal, "read", false);
        tar.append(piece.data(), static_cast<std::size_t>(got));
    }
    const auto bytes = static_cast<std::int64_t>(tar.size());
    contents[name] = std::move(tar);
    changed("import_volume", name);
    return {"mount_point", {}, 1, bytes, {}};
}

void FakeBackend::swap_volumes(const CallContext&, const std::string& first,
                               const std::string& second) {
    begin("swap_volumes");
    require_volume(first);
    require_volume(second);
    for (const auto& [name, state] : containers) {
        if (state.phase != Phase::running && state.phase != Phase::paused) continue;
        for (const auto& mount : specs[name].volumes) {
            if (mount.volume != first && mount.volume != second) continue;
            throw BackendError(Code::conflict, name + " uses " + mount.volume, false);
        }
    }
    auto left = contents.extract(first);
    auto right = contents.extract(second);
    if (left) contents[second] = std::move(left.mapped());
    if (right) contents[first] = std::move(right.mapped());
    changed("swap_volumes", first + " " + second);
}

void FakeBackend::remove_image(const CallContext&, const std::string& reference) {
    begin("remove_image");
    const std::scoped_lock lock(mutex_);
    images.erase(reference);
}

}  // namespace nexus::test
