#include "podman/podman_backend.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "archive/wait.hpp"
#include "engine/names.hpp"
#include "engine/requests.hpp"
#include "engine/volume_users.hpp"
#include "podman/answers.hpp"
#include "podman/errors.hpp"
#include "podman/protocol.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

engine::Config read_config(std::string_view json) {
    const bool system_socket_exists = ::access(system_socket, F_OK) == 0;
    return engine::parse_config(json, "podman",
                                default_endpoint(system_socket_exists, ::geteuid()));
}

// No user can have more processes than the kernel has numbers for; and where the engine may not
// raise limits, it can give none above its own, which is what this process has too.
std::int64_t highest_process_limit() {
    std::int64_t highest = 0;
    if (!(std::ifstream("/proc/sys/kernel/pid_max") >> highest)) highest = 32'768;
    rlimit own{};
    const bool limited = ::getrlimit(RLIMIT_NPROC, &own) == 0 && own.rlim_max != RLIM_INFINITY;
    return limited ? std::min(highest, static_cast<std::int64_t>(own.rlim_max)) : highest;
}

BackendError no_network(const std::string& name) {
    return {Code::not_found, "there is no network " + name, false};
}

}  // namespace

PodmanBackend::PodmanBackend(const PluginHost& host, std::string_view config)
    : EngineBackend(host, read_config(config), dialect()),
      process_limit_(highest_process_limit()),
      checks_(client(), host) {}

engine::Request PodmanBackend::creation(const CallContext& ctx, const ContainerSpec& spec) {
    engine::require_name("network", spec.network);
    if (!find_network(ctx, spec.network)) throw no_network(spec.network);
    const auto image = find_image(ctx, spec.image);
    if (!image) {
        throw BackendError(Code::not_found, "there is no image " + spec.image, false);
    }
    return create_container(spec, image->name, process_limit_);
}

VolumeState PodmanBackend::ensure_volume(const CallContext& ctx, const VolumeSpec& spec) {
    if (auto found = inspect_volume(ctx, spec.name)) return std::move(*found);
    try {
        return EngineBackend::ensure_volume(ctx, spec);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        // Somebody outside was faster.
        if (auto found = inspect_volume(ctx, spec.name)) return std::move(*found);
        throw;
    }
}

// The first use of a volume gives its folder the owner and mode of the image's, also where it holds
// data already, which then came by an import. They are put back before any program runs.
void PodmanBackend::start(const CallContext& ctx, const std::string& name) {
    const auto roots = filled_roots(ctx, name);
    if (!roots.empty()) {
        client().call(ctx, init_container(name), "preparing container " + name);
        for (const auto& root : roots)
            root.restore();
    }
    start_noted(ctx, name);
}

std::vector<VolumeRoot> PodmanBackend::filled_roots(const CallContext& ctx,
                                                    const std::string& name) {
    const auto container = existing(ctx, name);
    std::vector<VolumeRoot> roots;
    if (!container.state.started_at.empty()) return roots;
    const std::string what = "looking at the volumes of container " + name;
    const auto user = client().call(ctx, engine::inspect_container(container.state.id), what,
                                    engine::parse_volume_user);
    for (const auto& volume : user.volumes) {
        const auto mountpoint =
            client().call(ctx, podman::inspect_volume(volume), what, parse_unused_mountpoint);
        if (!mountpoint) continue;
        if (auto root = VolumeRoot::of_content(*mountpoint)) roots.push_back(std::move(*root));
    }
    return roots;
}

void PodmanBackend::stop(const CallContext& ctx, const std::string& name,
                         std::chrono::seconds grace) {
    try {
        EngineBackend::stop(ctx, name, grace);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        // A paused container cannot take its stop signal.
        const auto state = existing(ctx, name).state;
        if (state.phase != Phase::paused) throw;
        resumes(ctx, name) ? EngineBackend::stop(ctx, name, grace)
                           : end(ctx, name, state.id, grace);
    }
}

// A log whose last line is being written is refused as a whole, before any of it is sent.
void PodmanBackend::logs(const CallContext& ctx, const std::string& name, std::int64_t tail,
                         int fd) {
    constexpr int most_tries = 20;
    constexpr std::chrono::milliseconds between_tries(20);
    for (int tries = 1;; ++tries) {
        try {
            EngineBackend::logs(ctx, name, tail, fd);
            return;
        } catch (const BackendError& error) {
            if (tries == most_tries || !is_half_written_log(error)) throw;
        }
        archive::pause(ctx, between_tries, "the log's last line");
    }
}

std::optional<NetworkState> PodmanBackend::find_network(const CallContext& ctx,
                                                        const std::string& name) {
    auto found = client().find(ctx, podman::inspect_network(name), "looking for network " + name,
                               parse_network);
    // The engine also answers to the beginning of an id.
    if (found && found->name != name) return std::nullopt;
    return found;
}

NetworkState PodmanBackend::create_network(const CallContext& ctx, const NetworkSpec& spec) {
    return client().call(ctx, podman::create_network(spec), "creating network " + spec.name,
                         parse_network);
}

void PodmanBackend::remove_network(const CallContext& ctx, const std::string& name) {
    engine::require_name("network", name);
    if (!find_network(ctx, name)) return;
    client().find(ctx, podman::remove_network(name), "removing network " + name);
}

void PodmanBackend::refine(ContainerState& state) {
    if (const auto label = state.labels.find(image_label); label != state.labels.end()) {
        state.image = std::move(label->second);
        state.labels.erase(label);
    }
    checks_.watch(state);
}

}  // namespace nexus::podman
