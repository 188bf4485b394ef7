// The tenants of a run, each given out with its turn: one that another process has waits at the end
// of the line, while the others go on. Threads: any.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "tenants/turn_locks.hpp"

namespace nexus::backup {

class TurnQueue {
  public:
    using Clock = std::chrono::steady_clock;

    // `patience`: for how long a tenant is waited for whose turn is not free. `turns` must outlive
    // it.
    TurnQueue(const std::vector<config::TenantId>& tenants, const tenants::TurnLocks& turns,
              std::chrono::milliseconds patience, int cancel_fd);

    struct Next {
        config::TenantId tenant;
        std::optional<tenants::TurnLocks::Held> turn;  // nothing: another process kept it
    };
    // Waits for a turn. Nothing once every tenant was given out. Throws Failure `cancelled` once
    // `cancel_fd` is readable.
    std::optional<Next> next();

    // From now on there are no more.
    void clear();

  private:
    struct Waiting {
        config::TenantId tenant;
        std::optional<Clock::time_point> since;  // its turn was not free then
    };
    std::optional<Next> take();

    const tenants::TurnLocks& turns_;
    const std::chrono::milliseconds patience_;
    const int cancel_fd_;
    std::mutex mutex_;
    std::deque<Waiting> line_;
};

}  // namespace nexus::backup
