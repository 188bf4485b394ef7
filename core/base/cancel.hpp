// A switch that is thrown once, and seen both by code that asks and by code that polls a
// descriptor. Threads: any.
#pragma once

#include <atomic>
#include <chrono>
#include <nexus/unique_fd.hpp>

namespace nexus {

// Whether a descriptor that becomes readable at the cancellation is so by now; -1 never is.
bool is_cancelled(int cancel_fd) noexcept;

class CancelSource {
  public:
    // Throws std::system_error where the process is out of descriptors.
    CancelSource();
    void cancel() noexcept;
    bool cancelled() const noexcept { return cancelled_; }
    // Returns true as soon as it is cancelled, false once the time is over.
    bool wait_for(std::chrono::milliseconds time) const noexcept;
    // Readable (POLLIN) from the moment of cancel() on, for ever. Valid as long as this object.
    int fd() const noexcept { return event_.get(); }

  private:
    UniqueFd event_;
    std::atomic<bool> cancelled_ = false;
};

}  // namespace nexus
