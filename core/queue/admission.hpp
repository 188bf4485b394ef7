// Decides about each entry that was read: it runs, follows a job that is already here, is answered
// with a result that is already there, or is refused. Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "jobs/job.hpp"
#include "queue/elsewhere.hpp"
#include "queue/in_flight.hpp"
#include "queue/outbox.hpp"
#include "queue/pull.hpp"

namespace nexus::queue {

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
    Admission(const Keys& keys, const Elsewhere& elsewhere, InFlight& in_flight, Outbox& outbox,
              std::function<void(Ticket)> deliver)
        : keys_(keys),
          elsewhere_(elsewhere),
          in_flight_(in_flight),
          outbox_(outbox),
          deliver_(std::move(deliver)) {}

    // Takes an entry in; one that is here already is passed over.
    void add(Entry entry);

  private:
    void place(Ticket ticket, Word word, const std::string& value);
    bool would_wake_remains(const jobs::Job& job, const std::string& holder) const;
    void answer(const Ticket& ticket, const std::string& result);
    void fail(const Ticket& ticket, const Failure& failure);

    const Keys& keys_;
    const Elsewhere& elsewhere_;
    InFlight& in_flight_;
    Outbox& outbox_;
    std::function<void(Ticket)> deliver_;
};

}  // namespace nexus::queue
