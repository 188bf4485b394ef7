// One job on its way through its attempts. Threads: one at a time.
#pragma once

#include <optional>

#include "base/backoff.hpp"
#include "base/timestamp.hpp"
#include "jobs/executor.hpp"
#include "queue/admission.hpp"

namespace nexus::queue {

class Attempts {
  public:
    explicit Attempts(Ticket ticket);

    const Ticket& ticket() const noexcept { return ticket_; }
    // The number of the attempt that begins now, counted from 1.
    int begin();
    // When the first one of this process began.
    std::optional<WallTime> started_at() const noexcept { return started_at_; }
    // How long to wait for another attempt after this outcome, at most until the job's deadline;
    // nothing where there will be none.
    std::optional<std::chrono::milliseconds> next(const jobs::Outcome& outcome);

  private:
    Ticket ticket_;
    int count_;
    std::optional<WallTime> started_at_;
    std::optional<Backoff> backoff_;  // made at the first retry: it costs a call to the kernel
};

}  // namespace nexus::queue
