// When the tenants are compared with the engine: at the start, every RECONCILE_INTERVAL, soon after
// the engine reported a change, and when a repair that had to wait is due. Threads: one of its own;
// the engine's events ring the bell from any.
#pragma once

#include <chrono>
#include <thread>

#include "base/bell.hpp"
#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "queue/node_queue.hpp"
#include "tenants/reconciler.hpp"

namespace nexus::app {

class ReconcileLoop {
  public:
    // All references must outlive this object. `interval` as RECONCILE_INTERVAL.
    ReconcileLoop(tenants::Reconciler& reconciler, const queue::NodeQueue& queue, Bell& bell,
                  std::chrono::milliseconds interval);
    ~ReconcileLoop() { stop(); }

    void start(Progress& progress);
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    void run(Progress::Beat& beat);
    void wait(Progress::Beat& beat, Clock::time_point begun);
    Clock::time_point next(Clock::time_point begun) const;

    tenants::Reconciler& reconciler_;
    const queue::NodeQueue& queue_;
    Bell& bell_;
    std::chrono::milliseconds interval_;
    CancelSource stop_;
    std::thread thread_;
};

}  // namespace nexus::app
