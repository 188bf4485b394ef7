// The queue of one node, whole: lease, intake, lanes and outbox with their threads and connections.
// Threads: one, but for the questions at the end, which any may ask.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/progress.hpp"
#include "jobs/executor.hpp"
#include "queue/elsewhere.hpp"
#include "queue/intake.hpp"

namespace nexus::queue {

// Why a queue can work no more.
enum class Loss { lease, fault };

class NodeQueue {
  public:
    struct Options {
        redis::Endpoint endpoint;
        std::string prefix;     // QUEUE_PREFIX
        std::string node;       // NODE_NAME
        std::string state_dir;  // STATE_DIR, which this process alone uses
        unsigned concurrency = 1;
        std::chrono::seconds ledger_ttl{0};
    };
    struct Sources {
        std::function<NodeFacts()> facts;                        // of the registry, as they are now
        std::function<std::vector<config::TenantId>()> tenants;  // that this node holds
    };

    // `turns` as that of Runs, `moved` as that of Elsewhere. `on_lost` is called from one of the
    // queue's threads when it can work no more: another process took the lease over, or a thread
    // failed. It says why.
    NodeQueue(Options options, Sources sources, jobs::Executor& executor,
              const tenants::TurnLocks& turns, Progress& progress, Bell& moved, Log& log,
              std::function<void(Loss, const std::string&)> on_lost);
    ~NodeQueue();

    // Takes the lease and begins. Throws LeaseHeld, and redis::Error where Redis cannot be reached
    // or refuses.
    void start();

    // Ends in order: no new jobs; running ones get `time`, then their calls are cancelled and they
    // stay pending for the next start; what is done is delivered as far as Redis takes it within a
    // few seconds; the lease is given back.
    void drain(std::chrono::milliseconds time);

    // As Runs::in_turn. False also until what an earlier process left half done has its turn.
    bool in_turn(const config::TenantId& tenant, std::function<void(const tenants::Turn&)> work);
    // Whether a job of the tenant waits or runs.
    bool has_job(const config::TenantId& tenant) const { return runs_.has_job(tenant); }
    // Where a tenant is that has a folder on this node.
    tenants::Place place_of(const config::TenantId& tenant) const {
        return elsewhere_.place_of(tenant);
    }
    // Tells the world.
    void tell(const tenants::TenantEvent& event);

    // Results and events that Redis has not taken yet.
    std::size_t undelivered() const { return outbox_.size(); }

    // Whether what an earlier process left half done has its turn.
    bool caught_up() const noexcept { return intake_.caught_up(); }
    bool connected() const noexcept { return intake_session_.connected(); }
    // Whether the lease was confirmed within its time to live.
    bool holds_lease() const noexcept;
    std::size_t running() const { return runs_.running(); }
    // Entries that were read and are not done with.
    std::size_t queued() const { return in_flight_.size(); }

  private:
    std::thread begin(const char* name, std::function<void(Progress::Beat&)> work);
    void keep_lease(Progress::Beat& beat);
    bool confirm_lease(redis::Connection& connection);
    void introduce_again(redis::Connection& connection);
    void remember_draining();
    void keep_time(Progress::Beat& beat);
    void take_in(Progress::Beat& beat);
    void lose(Loss loss, const std::string& why);

    Options options_;
    Sources sources_;
    Progress& progress_;
    Log& log_;
    std::function<void(Loss, const std::string&)> on_lost_;

    CancelSource stop_;     // no new jobs
    CancelSource abandon_;  // nothing more is delivered
    Keys keys_;
    redis::Session intake_session_;
    redis::Session outbox_session_;
    redis::Session lease_session_;
    Lease lease_;
    Elsewhere elsewhere_;
    Fence fence_;
    BegunJobs begun_;
    InFlight in_flight_;
    Outbox outbox_;
    Runs runs_;
    Admission admission_;
    Intake intake_;
    std::atomic<bool> lost_ = false;
    std::atomic<std::chrono::steady_clock::time_point> confirmed_{};
    std::thread intake_thread_;
    std::thread outbox_thread_;
    std::thread lease_thread_;
    std::thread clock_thread_;
};

}  // namespace nexus::queue
