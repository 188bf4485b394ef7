// Ends the calls of a plugin's own threads when the plugin goes. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>

namespace nexus::engine {

class CancelSignal {
  public:
    // Throws std::system_error where no descriptor is left.
    CancelSignal();
    CancelSignal(const CancelSignal&) = delete;
    CancelSignal& operator=(const CancelSignal&) = delete;
    ~CancelSignal();

    // From here on every call that waits throws `cancelled`.
    void cancel() const noexcept;
    int fd() const noexcept { return fd_; }
    // A call that has this long.
    CallContext within(std::chrono::nanoseconds time) const;

  private:
    const int fd_;
};

}  // namespace nexus::engine
