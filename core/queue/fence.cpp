#include "queue/fence.hpp"

#include <ctime>

#include "queue/lease.hpp"

namespace nexus::queue {
namespace {

using std::chrono::nanoseconds;

// A lease was confirmed up to one interval before the sleep began; what is left of it, less some
// for being late.
constexpr nanoseconds longest_gap =
    std::chrono::seconds(Lease::seconds_to_live - Lease::seconds_between_keeps - 2);

}  // namespace

// The steady clock stands still while the machine is suspended.
nanoseconds Fence::boot_time() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

void Fence::tick() {
    const auto now = clock_();
    if (now - ticked_.load() > longest_gap) ++sleeps_;
    ticked_ = now;  // after the count: who sees this tick sees the doubt
}

bool Fence::sure() const {
    return clock_() - ticked_.load() <= longest_gap && sleeps_ == confirmed_;
}

bool Fence::wait(const CancelSource& stop) const {
    constexpr std::chrono::milliseconds between_looks(50);
    while (!sure()) {
        if (stop.wait_for(between_looks)) return false;
    }
    return true;
}

}  // namespace nexus::queue
