#include "fake_backend.hpp"

#include <unistd.h>

#include <algorithm>

#include "archive/folder_archive.hpp"

namespace nexus::test {

void FakeBackend::begin(const std::string& op) {
    {
        const std::scoped_lock lock(mutex_);
        calls.push_back(op);
    }
    before(op);
}

void FakeBackend::changed(const std::string& op, const std::string& object) {
    {
        const std::scoped_lock lock(mutex_);
        effects.push_back(op + " " + object);
    }
    after(op);
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

std::optional<NetworkState> FakeBackend::inspect_network(const CallContext&,
                                                         const std::string& name) {
    begin("inspect_network");
    const auto place = networks.find(name);
    if (place == networks.end()) return std::nullopt;
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
    if (made && contents_) std::filesystem::remove_all(content(spec.name));
    if (made) changed("ensure_volume", spec.name);
    return place->second;
}

void FakeBackend::remove_volume(const CallContext&, const std::string& name) {
    begin("remove_volume");
    require_unused(name, false);
    if (contents_) std::filesystem::remove_all(content(name));
    if (volumes.erase(name) > 0) changed("remove_volume", name);
}

void FakeBackend::require_unused(const std::string& volume, bool by_running_ones) {
    for (const auto& [container, state] : containers) {
        const bool runs = state.phase == Phase::running || state.phase == Phase::paused;
        if (by_running_ones && !runs) continue;
        for (const auto& mount : specs[container].volumes) {
            if (mount.volume == volume) throw BackendError(Code::conflict, "in use", false);
        }
    }
}

void FakeBackend::require_volume(const std::string& name) {
    if (volumes.count(name) == 0) throw BackendError(Code::not_found, "no volume " + name, false);
}

std::string FakeBackend::content(const std::string& volume) {
    const std::scoped_lock lock(mutex_);
    if (!contents_) contents_.emplace();
    const std::string path = *contents_ / volume;
    std::filesystem::create_directories(path);
    return path;
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
    if (at(name).phase != Phase::running) throw BackendError(Code::conflict, "not running", false);
    at(name).phase = Phase::paused;
    changed("pause", name);
}

void FakeBackend::unpause(const CallContext&, const std::string& name) {
    begin("unpause");
    if (at(name).phase != Phase::paused) return;
    at(name).phase = Phase::running;
    changed("unpause", name);
}

VolumeCopy FakeBackend::export_volume(const CallContext& ctx, const std::string& name, int fd) {
    begin("export_volume");
    require_volume(name);
    auto copy = archive::export_folder(ctx, content(name), fd);
    exported(name, copy);
    return copy;
}

VolumeCopy FakeBackend::import_volume(const CallContext& ctx, const std::string& name, int fd) {
    begin("import_volume");
    require_volume(name);
    auto copy = archive::import_folder(ctx, content(name), fd);
    changed("import_volume", name);
    return copy;
}

void FakeBackend::swap_volumes(const CallContext&, const std::string& first,
                               const std::string& second) {
    begin("swap_volumes");
    if (!swaps_volumes) throw BackendError(Code::unsupported, "no volume is exchanged here", false);
    for (const auto& name : {first, second}) {
        require_volume(name);
        require_unused(name, true);
    }
    const std::string aside = content(first + ".aside");
    std::filesystem::rename(content(first), aside);
    std::filesystem::rename(content(second), content(first));
    std::filesystem::rename(aside, content(second));
    changed("swap_volumes", first);
}

void FakeBackend::remove_image(const CallContext&, const std::string& reference) {
    begin("remove_image");
    const std::scoped_lock lock(mutex_);
    images.erase(reference);
}

}  // namespace nexus::test
