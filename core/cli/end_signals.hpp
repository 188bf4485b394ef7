// SIGTERM and SIGINT as a descriptor, for commands that put right what they began before they end.
// Threads: made before any thread is, which then inherits that they are blocked, as a child process
// does; `fd` from any.
#pragma once

#include <csignal>
#include <nexus/unique_fd.hpp>

namespace nexus::cli {

class EndSignals {
  public:
    // Throws std::system_error where the process is out of descriptors.
    EndSignals();
    // Readable from the first signal on, for ever where nobody takes it: a `cancel_fd`.
    int fd() const noexcept { return descriptor_.get(); }
    // Takes the signal that made it readable; another one ends the process at once.
    void let_through() const;

  private:
    sigset_t set_{};
    UniqueFd descriptor_;
};

}  // namespace nexus::cli
