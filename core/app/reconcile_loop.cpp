#include "app/reconcile_loop.hpp"

#include <algorithm>

namespace nexus::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Events come in bursts, also of what the runner does itself: no more than a tenth of the time goes
// into comparing.
constexpr milliseconds least_gap(1000);
constexpr int gap_of_a_cycle = 10;

}  // namespace

ReconcileLoop::ReconcileLoop(tenants::Reconciler& reconciler, const queue::NodeQueue& queue,
                             Bell& bell, milliseconds interval)
    : reconciler_(reconciler), queue_(queue), bell_(bell), interval_(interval) {}

void ReconcileLoop::start(Progress& progress) {
    thread_ = std::thread([this, beat = progress.add("reconcile")]() mutable { run(beat); });
}

void ReconcileLoop::stop() {
    stop_.cancel();
    bell_.ring();
    if (thread_.joinable()) thread_.join();
}

void ReconcileLoop::run(Progress::Beat& beat) {
    constexpr milliseconds a_look(50);
    while (!queue_.caught_up()) {
        beat.beat();
        if (stop_.wait_for(a_look)) return;
    }
    while (!stop_.cancelled()) {
        beat.beat();
        const auto begun = Clock::now();
        reconciler_.cycle(stop_.fd());
        const auto gap =
            std::max<Clock::duration>(least_gap, gap_of_a_cycle * (Clock::now() - begun));
        if (stop_.wait_for(std::chrono::duration_cast<milliseconds>(gap))) return;
        wait(beat, begun);
    }
}

void ReconcileLoop::wait(Progress::Beat& beat, Clock::time_point begun) {
    constexpr milliseconds between_beats(seconds(5));
    const auto until = next(begun);
    for (auto left = until - Clock::now(); left.count() > 0; left = until - Clock::now()) {
        beat.beat();
        const auto part = std::chrono::ceil<milliseconds>(left);
        if (bell_.wait_for(std::min(part, between_beats))) return;
    }
}

ReconcileLoop::Clock::time_point ReconcileLoop::next(Clock::time_point begun) const {
    const auto regular = begun + interval_;
    const auto due = reconciler_.next_due();
    return due ? std::min(regular, Clock::now() + (*due - wall_now())) : regular;
}

}  // namespace nexus::app
