// What happened, on its way to Redis: results, events, dead letters and acknowledgements leave here
// in the order in which they came, many in one atomic call, and stay until Redis has them. While
// Redis is away they are on disk as well. Threads: push from any; run belongs to one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "queue/in_flight.hpp"
#include "queue/keys.hpp"
#include "queue/lease.hpp"
#include "queue/outbox_item.hpp"
#include "queue/spool.hpp"
#include "redis/session.hpp"

namespace nexus::queue {

class Outbox {
  public:
    struct Options {
        std::chrono::seconds ledger_ttl;   // LEDGER_TTL
        std::size_t most_events = 10'000;  // that wait; the oldest go first, and are counted
    };

    // Begins with what `spool` holds of an earlier process. `on_fenced` is called once, from run's
    // thread, when the lease turns out to be another's: nothing leaves here after that.
    Outbox(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
           Spool spool, Options options, const CancelSource& abandon, Log& log,
           std::function<void(const std::string&)> on_fenced);

    void push(OutboxItem item);

    // `call` is told each job whose end is in Redis, or on disk; from any thread, and before run
    // begins.
    void on_safe(std::function<void(const std::string& job_id)> call) {
        on_safe_ = std::move(call);
    }

    // Sends until end() was called and nothing is left, or `abandon`, the session's stop descriptor
    // too, is cancelled. What is left then is on disk.
    void run(Progress::Beat& beat);
    // Nothing more will be pushed.
    void end();

    // Whether all that was pushed has been delivered within `time`.
    bool wait_empty(std::chrono::milliseconds time);

    // Items that are not delivered yet.
    std::size_t size() const;

  private:
    struct Pending {
        OutboxItem item;
        bool on_disk = false;
    };

    bool only_progress() const;
    bool next_batch(Progress::Beat& beat);
    bool send(Progress::Beat& beat);
    void call(redis::Connection& connection, const std::vector<const OutboxItem*>& items) const;
    void repeat(redis::Connection& connection);
    void settle();
    void spill();
    std::vector<const OutboxItem*> lasting(bool all) const;
    void drop_oldest_event();
    void empty_spool();

    redis::Session& session_;
    const Keys& keys_;
    const Lease& lease_;
    InFlight& in_flight_;
    const Options options_;
    const CancelSource& abandon_;
    Log& log_;
    std::function<void(const std::string&)> on_fenced_;
    std::function<void(const std::string&)> on_safe_ = [](const std::string&) {};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Spool spool_;
    std::deque<Pending> items_;
    std::deque<Pending> batch_;  // under way; changed by run's thread alone, under the mutex
    std::size_t events_ = 0;     // among items_
    std::size_t dropped_ = 0;    // events, since Redis was lost
    bool away_ = false;          // Redis, as far as is known: what comes goes to the disk too
    bool spooled_ = false;       // something is on disk
    bool ended_ = false;
    // What Redis still has of the moments before is not known; run's thread's alone.
    std::optional<InFlight::Clock::time_point> lost_at_;
};

}  // namespace nexus::queue
