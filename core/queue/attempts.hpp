// One job on its way through its attempts: it waits, runs, perhaps waits again, and ends. Threads:
// begin, next and end belong to the one that runs the job; cancel may be called from any.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "base/backoff.hpp"
#include "base/cancel.hpp"
#include "base/timestamp.hpp"
#include "jobs/executor.hpp"
#include "queue/admission.hpp"

namespace nexus::queue {

class Attempts {
  public:
    explicit Attempts(Ticket ticket);

    const Ticket& ticket() const noexcept { return ticket_; }

    // Cancelled when somebody wants this attempt to end.
    using Switch = std::shared_ptr<const CancelSource>;
    // An attempt begins; nothing where the job has ended meanwhile.
    Switch begin();
    // Of attempts that began, those of processes before this one too.
    int count() const noexcept { return count_; }
    // When the first one of this process began.
    std::optional<WallTime> started_at() const noexcept { return started_at_; }
    // After an attempt: how long to wait for another, at most until the job's deadline; nothing
    // where there will be none, and the job has ended.
    std::optional<std::chrono::milliseconds> next(const jobs::Outcome& outcome);

    // What became of a wish to end the job.
    enum class Cancelled { before_it_ran, while_it_ran, too_late };
    // `before_it_ran`: the job has ended with this call, and will not begin.
    Cancelled cancel();
    // The attempt that runs ends, and nobody's wish is to be seen in that.
    void interrupt();
    bool cancel_wanted() const;

  private:
    enum class Phase { waiting, running, ended };
    std::optional<std::chrono::milliseconds> wait_after(const jobs::Outcome& outcome);

    const Ticket ticket_;
    int count_;
    std::optional<WallTime> started_at_;
    std::optional<Backoff> backoff_;  // made at the first retry: it costs a call to the kernel
    mutable std::mutex mutex_;
    Phase phase_ = Phase::waiting;
    bool cancel_wanted_ = false;
    std::shared_ptr<CancelSource> switch_;  // while it runs
};

}  // namespace nexus::queue
