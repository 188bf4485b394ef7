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

// Goes on while the machine is suspended, as the steady clock does not.
nanoseconds boot_time() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

}  // namespace

Fence::Fence() : ticked_(boot_time()) {}

void Fence::tick() noexcept {
    const auto now = boot_time();
    if (now - ticked_.load() > longest_gap) ++sleeps_;
    ticked_ = now;  // after the count: who sees this tick sees the doubt
}

bool Fence::sure() const noexcept {
    return boot_time() - ticked_.load() <= longest_gap && sleeps_ == confirmed_;
}

bool Fence::wait(const CancelSource& stop) const {
    constexpr std::chrono::milliseconds between_looks(50);
    while (!sure()) {
        if (stop.wait_for(between_looks)) return false;
    }
    return true;
}

}  // namespace nexus::queue
