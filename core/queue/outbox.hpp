// What happened, on its way to Redis: results, events, dead letters and acknowledgements leave here
// in the order in which they came, many in one atomic call, and stay until Redis has them. Threads:
// push from any; run belongs to one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "queue/in_flight.hpp"
#include "queue/keys.hpp"
#include "queue/lease.hpp"
#include "redis/session.hpp"

namespace nexus::queue {

// One item, as core/queue/lua/finish.lua takes it; what a kind does not use stays empty.
struct OutboxItem {
    enum class Kind { progress, finished, answered, malformed, event };
    Kind kind;
    std::string entry_id = {};
    std::string job_id = {};
    std::string tenant_id = {};
    std::string state = {};
    int attempts = 0;
    std::string result = {};
    std::string reply_to = {};
    std::string event = {};
    std::string dead_reason = {};
    std::string dead_error = {};
    bool release_placement = false;
};

class Outbox {
  public:
    // `on_fenced` is called once, from run's thread, when the lease turns out to be another's:
    // nothing leaves here after that. `ledger_ttl` as LEDGER_TTL.
    Outbox(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
           std::chrono::seconds ledger_ttl, const CancelSource& abandon, Log& log,
           std::function<void(const std::string&)> on_fenced);

    void push(OutboxItem item);

    // Sends until end() was called and nothing is left, or `abandon`, the session's stop descriptor
    // too, is cancelled.
    void run(Progress::Beat& beat);
    // Nothing more will be pushed.
    void end();

    // Whether all that was pushed has been delivered within `time`.
    bool wait_empty(std::chrono::milliseconds time);

    // Items that are not delivered yet.
    std::size_t size() const;

  private:
    std::vector<OutboxItem> next_batch(Progress::Beat& beat);
    bool send(const std::vector<OutboxItem>& batch, Progress::Beat& beat);
    void call(redis::Connection& connection, const std::vector<OutboxItem>& batch) const;
    void settle(const std::vector<OutboxItem>& batch);

    redis::Session& session_;
    const Keys& keys_;
    const Lease& lease_;
    InFlight& in_flight_;
    std::chrono::seconds ledger_ttl_;
    const CancelSource& abandon_;
    Log& log_;
    std::function<void(const std::string&)> on_fenced_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<OutboxItem> items_;
    std::size_t sending_ = 0;  // items of the batch that is under way
    bool ended_ = false;
};

}  // namespace nexus::queue
