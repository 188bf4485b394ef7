// Runs the health checks of containers. Podman leaves that to timers of systemd; where there is no
// systemd a container would stay "starting" for ever. A check that somebody ran in time is left
// alone. Reports every change of health to the host as an event, whoever ran the check.
// Threads: any; the checks run in some of their own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <nexus/backend.hpp>
#include <nexus/plugin.hpp>
#include <string>
#include <thread>
#include <vector>

#include "engine/api_client.hpp"
#include "engine/cancel_signal.hpp"

namespace nexus::podman {

class HealthChecks {
  public:
    // `client` must outlive it.
    HealthChecks(engine::ApiClient& client, const PluginHost& host);
    HealthChecks(const HealthChecks&) = delete;
    HealthChecks& operator=(const HealthChecks&) = delete;
    // Breaks off the checks that are under way.
    ~HealthChecks();

    // Looks after this container from now on, for as long as it runs and has a check.
    void watch(const ContainerState& state);

  private:
    using Clock = std::chrono::steady_clock;

    struct Watched {
        Clock::time_point due;
        std::chrono::nanoseconds interval = std::chrono::seconds(30);
        std::chrono::nanoseconds timeout = std::chrono::seconds(30);
        std::string last_run;  // as the engine writes it
        Health health = Health::none;
        bool seen = false;   // whether the members above are what the engine said
        bool busy = false;   // a thread has it
        bool timed = false;  // somebody else runs its check
    };

    using ById = std::map<std::string, Watched>;

    void work(const std::stop_token& stop);
    ById::iterator next();
    // Runs the check unless somebody else does. False: not to be watched any longer.
    bool attend(const std::string& id, Watched& watched);
    // Brings `watched` up to date. False: as above.
    bool look(const std::string& id, Watched& watched);

    engine::ApiClient& client_;
    const PluginHost host_;
    engine::CancelSignal cancel_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    ById watched_;                       // guarded by mutex_
    std::uint64_t changes_ = 0;          // of watched_; guarded by mutex_
    std::vector<std::jthread> workers_;  // last: they use the others
};

}  // namespace nexus::podman
