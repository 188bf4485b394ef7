// Decides about each entry that was read: it runs, follows a job that is already here, is answered
// with a result that is already there, or is refused. Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job.hpp"
#include "queue/in_flight.hpp"
#include "queue/outbox.hpp"

namespace nexus::queue {

// One entry of the node's stream.
struct Entry {
    std::string id;
    std::string bytes;  // of the field `job`
    std::string
        intake_id;  // of the entry that it was routed from; empty for one added here directly
};

// A job that is to run here, with the entry that brought it.
struct Ticket {
    std::string entry_id;
    jobs::Job job;
    std::optional<WallTime> queued_at;
    int attempts_before = 0;  // that ended, also those of a process before this one
};

class Admission {
  public:
    // Every reference must outlive this. `deliver` is called in the order of the queue.
    Admission(const Keys& keys, const Lease& lease, InFlight& in_flight, Outbox& outbox,
              std::function<void(Ticket)> deliver);

    // Takes an entry in; one that is here already is passed over.
    void add(Entry entry);

    // Asks Redis about what was added and decides. Where that fails (redis::Error), the same is
    // asked at the next call.
    void decide(redis::Connection& connection);

    bool pending() const noexcept { return !asked_.empty(); }

  private:
    void place(Ticket ticket, const std::string& answer, const std::string& value);
    void answer_followers(const std::string& job_id, const std::string& result);
    void fail(const Ticket& ticket, const Failure& failure);

    const Keys& keys_;
    const Lease& lease_;
    InFlight& in_flight_;
    Outbox& outbox_;
    std::function<void(Ticket)> deliver_;
    std::vector<Ticket> asked_;
};

}  // namespace nexus::queue
