#include "podman/health_checks.hpp"

#include <algorithm>

#include "engine/container_answers.hpp"
#include "engine/container_events.hpp"
#include "engine/requests.hpp"
#include "podman/answers.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// They wait for checks more than they work; one that hangs must not hold up those of others.
constexpr std::size_t worker_count = 8;

// What the engine needs around a check, and for an answer.
constexpr seconds overhead(10);

// How late a check may be before this one runs it.
nanoseconds patience(nanoseconds interval) {
    return std::min<nanoseconds>(interval / 2, seconds(5));
}

struct Inspected {
    ContainerState state;
    HealthCheck check;
};

Inspected parse_inspected(std::string_view json) {
    return {engine::parse_container(json).state, parse_health_check(json)};
}

std::string tenant_of(const ContainerState& state) {
    const auto label = state.labels.find(engine::tenant_label);
    return label == state.labels.end() ? "" : label->second;
}

}  // namespace

HealthChecks::HealthChecks(engine::ApiClient& client, const PluginHost& host)
    : client_(client), host_(host) {
    for (std::size_t i = 0; i < worker_count; ++i)
        workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

HealthChecks::~HealthChecks() {
    cancel_.cancel();
    for (auto& worker : workers_)
        worker.request_stop();
}

void HealthChecks::watch(const ContainerState& state) {
    if (state.phase != Phase::running || state.health == Health::none) return;
    const std::lock_guard lock(mutex_);
    Watched fresh;
    fresh.due = Clock::now();
    if (!watched_.emplace(state.id, fresh).second) return;
    ++changes_;
    changed_.notify_all();
}

void HealthChecks::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const auto chosen = next();
        const auto due =
            chosen == watched_.end() ? Clock::now() + std::chrono::hours(1) : chosen->second.due;
        if (due > Clock::now()) {
            const auto before = changes_;
            changed_.wait_until(lock, stop, due, [&] { return changes_ != before; });
            continue;
        }
        const std::string id = chosen->first;
        Watched watched = chosen->second;
        chosen->second.busy = true;
        lock.unlock();
        const bool stays = attend(id, watched);
        lock.lock();
        // The place of one that is busy is nobody else's.
        if (stays) {
            watched_[id] = watched;
        } else {
            watched_.erase(id);
        }
        ++changes_;
        changed_.notify_all();
    }
}

// The one that is due first.
HealthChecks::ById::iterator HealthChecks::next() {
    auto chosen = watched_.end();
    for (auto candidate = watched_.begin(); candidate != watched_.end(); ++candidate) {
        if (candidate->second.busy) continue;
        if (chosen == watched_.end() || candidate->second.due < chosen->second.due) {
            chosen = candidate;
        }
    }
    return chosen;
}

bool HealthChecks::attend(const std::string& id, Watched& watched) {
    try {
        const bool known = watched.seen;
        const std::string before = watched.last_run;
        if (!look(id, watched)) return false;
        watched.timed = !known || watched.last_run != before;
        if (!watched.timed) {
            client_.find(cancel_.within(watched.timeout + overhead), run_health_check(id),
                         "checking the health of container " + id);
            if (!look(id, watched)) return false;
        }
    } catch (const std::exception& error) {
        // Whatever it was, the next look tells whether the container is still there.
        host_.log(NEXUS_LOG_DEBUG, error.what());
    }
    watched.due = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                     watched.interval +
                                     (watched.timed ? patience(watched.interval) : nanoseconds(0)));
    return true;
}

bool HealthChecks::look(const std::string& id, Watched& watched) {
    const auto found = client_.find(cancel_.within(overhead), engine::inspect_container(id),
                                    "looking at the health of container " + id, parse_inspected);
    if (!found || found->state.phase != Phase::running || !found->check.defined) return false;
    if (watched.seen && watched.health != found->state.health) {
        host_.event({found->state.name, tenant_of(found->state), "health", 0});
    }
    watched.seen = true;
    watched.health = found->state.health;
    watched.interval = found->check.interval;
    watched.timeout = found->check.timeout;
    watched.last_run = found->check.last_run;
    return true;
}

}  // namespace nexus::podman
