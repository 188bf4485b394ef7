// What Podman does not go on from by itself where its service has died in the middle of a call: it
// changes the runtime or its storage first, and notes that afterwards.
#include <algorithm>

#include "archive/wait.hpp"
#include "engine/names.hpp"
#include "engine/requests.hpp"
#include "podman/answers.hpp"
#include "podman/errors.hpp"
#include "podman/podman_backend.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

constexpr int most_tries = 5;
constexpr std::chrono::milliseconds between_tries(200);
constexpr std::chrono::seconds between_creations(1);
// As long as `podman stop` gives one.
constexpr std::chrono::seconds usual_grace(10);
constexpr std::chrono::seconds last_call(2);  // of the time of a whole call

}  // namespace

// A removal that was cut off goes on with the next one, and nothing else can be done with what is
// left of the container.
std::optional<engine::InspectedContainer> PodmanBackend::find_container(const CallContext& ctx,
                                                                        const std::string& name) {
    try {
        auto found = EngineBackend::find_container(ctx, name);
        if (!found || found->state.phase != Phase::removing) return found;
        remove_found(ctx, name, found->state.id);
    } catch (const BackendError& error) {
        if (!is_half_removed(error) || engine::could_be_id(name)) throw;
        remove_found(ctx, name, name);
    }
    return std::nullopt;
}

void PodmanBackend::remove(const CallContext& ctx, const std::string& name) {
    const auto container = exact(ctx, name);
    if (!container) return;
    const auto found = find_container(ctx, name);
    // Podman 4.3 and older forget one whose stop was cut off while it still runs.
    if (found && found->state.phase == Phase::running) signal(ctx, name, *container, "SIGKILL");
    try {
        remove_found(ctx, name, *container);
    } catch (const BackendError& error) {
        if (!is_runtime_refusal(error)) throw;
        signal(ctx, name, *container, "SIGKILL");  // it runs, and Podman takes it for paused
        remove_found(ctx, name, *container);
    }
}

void PodmanBackend::remove_found(const CallContext& ctx, const std::string& name,
                                 const std::string& id) {
    const std::string what = "removing container " + name;
    const auto problem = client().find(ctx, engine::remove_container(id), what, parse_removal);
    if (problem && !problem->empty()) throw client().failure(*problem, what);
}

// A creation that was cut off has left the name to nobody, and keeps it. One that is under way
// shows itself soon.
ContainerState PodmanBackend::ensure_container(const CallContext& ctx, const ContainerSpec& spec) {
    for (int tries = 1;; ++tries) {
        try {
            return EngineBackend::ensure_container(ctx, spec);
        } catch (const BackendError& error) {
            if (!is_name_taken(error) || tries == most_tries || engine::could_be_id(spec.name))
                throw;
        }
        if (tries == most_tries - 1) remove_found(ctx, spec.name, spec.name);
        archive::pause(ctx, between_creations, "the name " + spec.name);
    }
}

// One that was started by a call that was cut off cannot be started again, but stopped.
void PodmanBackend::start_noted(const CallContext& ctx, const std::string& name) {
    try {
        EngineBackend::start(ctx, name);
        return;
    } catch (const BackendError& error) {
        if (!is_runtime_refusal(error) || existing(ctx, name).state.phase != Phase::created) throw;
    }
    EngineBackend::stop(ctx, name, usual_grace);
    EngineBackend::start(ctx, name);
}

// Where Podman has died between a pause and its note, it takes the one for the other for good: it
// does not resume, stop or remove one that runs, and never resumes one that is frozen. Only the end
// of what runs brings the two together again.
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
    end(ctx, name, state.id, frozen ? std::chrono::seconds(0) : usual_grace);
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

// One that does nothing can be paused, unless it is frozen already. Of one that is busy, or waits
// for a disk, that may fail as well, but each try wakes what it could freeze.
bool PodmanBackend::is_frozen(const CallContext& ctx, const std::string& name) {
    const auto used = stats(ctx, name).cpu_ns;
    for (int tries = 1; tries <= most_tries; ++tries) {
        archive::pause(ctx, between_tries, "container " + name);
        if (stats(ctx, name).cpu_ns != used || pauses_and_resumes(ctx, name)) return false;
    }
    return stats(ctx, name).cpu_ns == used;
}

bool PodmanBackend::pauses_and_resumes(const CallContext& ctx, const std::string& name) {
    try {
        pause(ctx, name);
    } catch (const BackendError& error) {
        if (error.code() == Code::conflict) return true;  // it has ended
        if (!is_runtime_refusal(error)) throw;
        return false;
    }
    // It must not stay paused because the call is over.
    CallContext resuming = ctx;
    resuming.cancel_fd = -1;
    resuming.deadline = std::max(ctx.deadline, std::chrono::steady_clock::now() + usual_grace);
    EngineBackend::unpause(resuming, name);
    return true;
}

// Podman sends signals to what it takes for paused, though it does not stop it.
void PodmanBackend::end(const CallContext& ctx, const std::string& name, const std::string& id,
                        std::chrono::seconds grace) {
    const auto last = std::min(std::chrono::steady_clock::now() + grace, ctx.deadline - last_call);
    if (grace.count() > 0) signal(ctx, name, id, "SIGTERM");
    while (std::chrono::steady_clock::now() < last) {
        if (!lives(existing(ctx, name).state.phase)) return;
        archive::pause(ctx, between_tries, "the end of container " + name);
    }
    signal(ctx, name, id, "SIGKILL");
}

void PodmanBackend::signal(const CallContext& ctx, const std::string& name, const std::string& id,
                           const std::string& signal) {
    try {
        client().call(ctx, kill_container(id, signal), "ending container " + name);
    } catch (const BackendError& error) {
        const bool ended = error.code() == Code::conflict || error.code() == Code::not_found;
        if (!ended) throw;
    }
}

}  // namespace nexus::podman
