// Whether this process may act for its node right now. It may until another process takes the lease
// over, and the one way to miss that is to sleep past it (a stopped process, a suspended machine):
// whoever wakes up waits until the lease has been asked for again. While Redis is merely away
// nobody can take the lease, and work goes on. Threads: any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/cancel.hpp"

namespace nexus::queue {

class Fence {
  public:
    // Time since the machine started, its suspensions included.
    using Clock = std::chrono::nanoseconds (*)();
    explicit Fence(Clock clock = boot_time) : clock_(clock), ticked_(clock()) {}

    // To be called every second, by one thread.
    void tick();

    // How often the process was seen to have slept; to be asked for before the lease is, and told
    // with its answer.
    std::uint64_t sleeps() const noexcept { return sleeps_; }
    void confirm(std::uint64_t sleeps) noexcept { confirmed_ = sleeps; }

    // Returns true once this process may act; false where `stop` is cancelled first, as it is when
    // the lease turns out to be another's.
    bool wait(const CancelSource& stop) const;

  private:
    static std::chrono::nanoseconds boot_time();
    bool sure() const;

    Clock clock_;
    std::atomic<std::chrono::nanoseconds> ticked_;
    std::atomic<std::uint64_t> sleeps_ = 0;
    std::atomic<std::uint64_t> confirmed_ = 0;
};

}  // namespace nexus::queue
