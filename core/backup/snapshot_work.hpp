// The workers of a run: each takes a tenant with its turn, and captures it. Threads: run from one;
// it makes its own.
#pragma once

#include <exception>
#include <mutex>
#include <string>
#include <vector>

#include "backup/snapshot.hpp"
#include "backup/snapshot_draft.hpp"
#include "backup/turn_queue.hpp"

namespace nexus::backup {

class Snapshot::Work {
  public:
    // All must outlive it.
    struct Task {
        const std::vector<TenantId>& tenants;
        const Known& known;
        const Capture::Options& options;
        int cancel_fd;
        const Report& report;
    };
    Work(const Snapshot& snapshot, const Task& task, Draft& draft);

    // Adds every tenant to the draft but those that are gone. Throws Failure `cancelled`, once
    // nothing is held any more.
    void run(std::size_t workers);

  private:
    void work() noexcept;
    std::optional<Capture::Captured> capture(const TurnQueue::Next& next) const;
    void done(std::optional<Capture::Captured> captured);

    const Snapshot& snapshot_;
    const Task task_;
    Draft& draft_;
    TurnQueue queue_;
    std::mutex mutex_;
    Progress progress_;
    std::exception_ptr failure_;
};

}  // namespace nexus::backup
