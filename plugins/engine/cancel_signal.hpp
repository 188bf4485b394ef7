// Ends the calls of a plugin's own threads when the plugin goes. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>
#include <nexus/unique_fd.hpp>

namespace nexus::engine {

class CancelSignal {
  public:
    // Throws std::system_error where no descriptor is left.
    CancelSignal();

    // From here on every call that waits throws `cancelled`.
    void cancel() const noexcept;
    int fd() const noexcept { return fd_.get(); }
    // A call that has this long.
    CallContext within(std::chrono::nanoseconds time) const;

  private:
    const UniqueFd fd_;
};

}  // namespace nexus::engine
