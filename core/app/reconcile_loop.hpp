// When the tenants are compared with the engine: at the start, every RECONCILE_INTERVAL, soon after
// the engine reported a change or another node came or went that has a tenant of this one's disk,
// and when a repair that had to wait is due. What a backup that died left behind is put right
// first, within a second or two. Now and then images that nobody needs any more are removed.
// Threads: one of its own; the bell is rung from any.
#pragma once

#include <chrono>
#include <optional>
#include <thread>

#include "app/settling.hpp"
#include "base/bell.hpp"
#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "queue/node_queue.hpp"
#include "tenants/image_keeper.hpp"
#include "tenants/image_puller.hpp"
#include "tenants/reconciler.hpp"

namespace nexus::app {

class ReconcileLoop {
  public:
    // Whom it turns to. All must outlive it.
    struct Parts {
        tenants::Reconciler& reconciler;
        Settling& settling;
        tenants::ImageKeeper& images;
        tenants::ImagePuller& puller;
        const queue::NodeQueue& queue;
        Bell& bell;
    };
    // `interval` as RECONCILE_INTERVAL.
    ReconcileLoop(Parts parts, std::chrono::milliseconds interval, Log& log);
    ~ReconcileLoop() { stop(); }

    void start(Progress& progress);
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    void run(Progress::Beat& beat);
    void keep_images();
    void wait(Progress::Beat& beat, Clock::time_point begun);
    Clock::time_point next(Clock::time_point begun) const;

    Parts parts_;
    std::chrono::milliseconds interval_;
    Log& log_;
    std::optional<Clock::time_point> swept_;  // images, last
    CancelSource stop_;
    std::thread thread_;
};

}  // namespace nexus::app
