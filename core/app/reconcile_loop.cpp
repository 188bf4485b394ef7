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

ReconcileLoop::ReconcileLoop(Parts parts, milliseconds interval, Log& log)
    : parts_(parts), interval_(interval), log_(log) {}

void ReconcileLoop::start(Progress& progress) {
    thread_ = std::thread([this, beat = progress.add("reconcile")]() mutable { run(beat); });
}

void ReconcileLoop::stop() {
    stop_.cancel();
    parts_.bell.ring();
    if (thread_.joinable()) thread_.join();
}

void ReconcileLoop::run(Progress::Beat& beat) {
    constexpr milliseconds a_look(50);
    while (!parts_.queue.caught_up()) {
        beat.beat();
        if (stop_.wait_for(a_look)) return;
    }
    while (!stop_.cancelled()) {
        beat.beat();
        const auto begun = Clock::now();
        parts_.settling.look();
        parts_.reconciler.cycle(stop_.fd());
        keep_images();
        const auto gap =
            std::max<Clock::duration>(least_gap, gap_of_a_cycle * (Clock::now() - begun));
        if (stop_.wait_for(std::chrono::duration_cast<milliseconds>(gap))) return;
        if (!parts_.reconciler.is_unsure()) wait(beat, begun);
    }
}

void ReconcileLoop::keep_images() {
    constexpr std::chrono::minutes between_sweeps(10);
    auto in_use = parts_.reconciler.images_in_use();
    if (!in_use || (swept_ && Clock::now() < *swept_ + between_sweeps)) return;
    swept_ = Clock::now();
    in_use->merge(parts_.puller.take_ensured());
    try {
        parts_.images.sweep(*in_use, wall_now(), [this]() -> CallContext {
            constexpr std::chrono::seconds patience(
                30);  // less than what makes a loop look stalled
            return {Clock::now() + patience, stop_.fd(), "images", ""};
        });
    } catch (const std::exception& error) {
        log_.error("unused images cannot be looked after", {{"message", error.what()}});
    }
}

void ReconcileLoop::wait(Progress::Beat& beat, Clock::time_point begun) {
    // A repair that is under way may yet have to be made again, and says when.
    constexpr milliseconds between_looks(seconds(1));
    for (auto left = next(begun) - Clock::now(); left.count() > 0;
         left = next(begun) - Clock::now()) {
        beat.beat();
        parts_.settling.look();
        const auto part = std::chrono::ceil<milliseconds>(left);
        if (parts_.bell.wait_for(std::min(part, between_looks))) return;
    }
}

ReconcileLoop::Clock::time_point ReconcileLoop::next(Clock::time_point begun) const {
    const auto regular = begun + interval_;
    const auto due = parts_.reconciler.next_due();
    return due ? std::min(regular, Clock::now() + (*due - wall_now())) : regular;
}

}  // namespace nexus::app
