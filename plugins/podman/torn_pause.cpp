// Podman notes a pause once the runtime is frozen, and its end once it is thawed. Where the service
// dies in between, it takes one that goes on for paused, and does not resume, stop or remove it any
// more; or takes one that is frozen for running, and never resumes it. Whatever the service is
// asked for, only the end of what runs brings the two together again.
#include "archive/wait.hpp"
#include "engine/requests.hpp"
#include "podman/errors.hpp"
#include "podman/podman_backend.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

constexpr int most_tries = 3;
constexpr std::chrono::milliseconds between_tries(200);
// As long as `podman stop` gives one.
constexpr std::chrono::seconds grace(10);

bool lives(Phase phase) {
    return phase == Phase::running || phase == Phase::paused;
}

}  // namespace

void PodmanBackend::unpause(const CallContext& ctx, const std::string& name) {
    const auto state = existing(ctx, name).state;
    const bool frozen = state.phase == Phase::running && is_frozen(ctx, name);
    const bool thawed = state.phase == Phase::paused && !resumes(ctx, name);
    if (!frozen && !thawed) return;
    host().log(NEXUS_LOG_WARNING,
               "container " + name +
                   (frozen ? " is frozen, and Podman takes it for running"
                           : " runs, and Podman takes it for paused") +
                   ", as after a crash of its service: ending it and starting it again");
    if (thawed) ask_to_end(ctx, name, state.id);
    signal(ctx, name, state.id, "SIGKILL");
    start(ctx, name);
}

bool PodmanBackend::resumes(const CallContext& ctx, const std::string& name) {
    for (int tries = 1;; ++tries) {
        try {
            EngineBackend::unpause(ctx, name);
            return true;
        } catch (const BackendError& error) {
            if (!is_runtime_refusal(error)) throw;
        }
        if (tries == most_tries) return false;
        archive::pause(ctx, between_tries, "container " + name);
    }
}

// One that does nothing can be paused, unless it is frozen already. A busy one might not be: it is
// left alone.
bool PodmanBackend::is_frozen(const CallContext& ctx, const std::string& name) {
    for (int tries = 1; tries <= most_tries; ++tries) {
        const auto used = stats(ctx, name).cpu_ns;
        archive::pause(ctx, between_tries, "container " + name);
        if (stats(ctx, name).cpu_ns != used) return false;
        try {
            pause(ctx, name);
            EngineBackend::unpause(ctx, name);
            return false;
        } catch (const BackendError& error) {
            if (error.code() == Code::conflict) return false;  // it has ended
            if (!is_runtime_refusal(error)) throw;
        }
    }
    return true;
}

// Podman sends signals to what it takes for paused, though it does not stop it.
void PodmanBackend::ask_to_end(const CallContext& ctx, const std::string& name,
                               const std::string& id) {
    signal(ctx, name, id, "SIGTERM");
    const auto last = std::chrono::steady_clock::now() + grace;
    while (lives(existing(ctx, name).state.phase) && std::chrono::steady_clock::now() < last)
        archive::pause(ctx, between_tries, "the end of container " + name);
}

void PodmanBackend::signal(const CallContext& ctx, const std::string& name, const std::string& id,
                           const std::string& signal) {
    try {
        client().call(ctx, kill_container(id, signal), "ending container " + name);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;  // it has ended
    }
}

}  // namespace nexus::podman
