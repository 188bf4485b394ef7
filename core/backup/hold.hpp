// A tenant's runtime kept from writing for the time of a copy, and let go on whatever happens.
// Threads: one, in the tenant's turn.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "backup/journal.hpp"
#include "backup/manifest.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/job_context.hpp"

namespace nexus::backup {

class Hold {
  public:
    // Of context.tenant(), of which nothing is unsettled in the journal. All must outlive it.
    Hold(Backend& backend, const Journal& journal, const config::Settings& settings, Log& log,
         const tenants::JobContext& context);
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    // As let_go, with a line in the log where that throws.
    ~Hold();

    // Pauses or stops the runtime, as BACKUP_CONSISTENCY says and where it runs, which is in the
    // journal first. A runtime that somebody else has paused stays that one's to let go. Throws
    // BackendError, Failure and std::system_error, and then nothing is held.
    Consistency take();

    // What was held goes on, also where the job has been cancelled. Tries for JOB_TIMEOUT; throws
    // Failure where that does not help: whoever comes next finds it in the journal. A runtime that
    // is gone by then, or does not start, is no error: it is its own trouble. After a pause that
    // the engine did not answer to, the entry stays in the journal for a while.
    void let_go();

    // For how long it was held, once it is let go.
    std::chrono::milliseconds time() const noexcept { return time_; }

  private:
    using Clock = std::chrono::steady_clock;

    Consistency look_at(const ContainerState& runtime);
    Consistency hold(Entry::Kind kind);
    std::optional<Failure> release(Entry::Kind kind, const CallContext& call) const;
    void note_let_go() const;

    Backend& backend_;
    const Journal& journal_;
    const config::Settings& settings_;
    Log& log_;
    const tenants::JobContext& context_;
    const std::string runtime_;
    std::optional<Entry::Kind> held_;
    WallTime late_until_{};  // until then the engine may yet pause, though it did not answer
    Clock::time_point since_;
    std::chrono::milliseconds time_{0};
};

}  // namespace nexus::backup
