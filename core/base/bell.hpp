// Wakes the one thread that waits for it: rings that come while nobody waits count as one. Threads:
// ring from any; wait_for from one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace nexus {

class Bell {
  public:
    void ring() noexcept {
        {
            const std::scoped_lock lock(mutex_);
            rung_ = true;
        }
        changed_.notify_one();
    }

    // Returns true as soon as it was rung, and false once the time is over.
    bool wait_for(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, time, [this] { return rung_; });
        return std::exchange(rung_, false);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool rung_ = false;
};

}  // namespace nexus
