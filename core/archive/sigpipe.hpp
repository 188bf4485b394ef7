// A pipe whose reader is gone raises SIGPIPE, which would end the host. What to do with signals is
// the host's to decide, so the calling thread alone holds it back, and takes the one that it
// caused. Threads: made and destroyed in the thread that writes.
#pragma once

#include <signal.h>

namespace nexus::archive {

class SigpipeHeldBack {
  public:
    SigpipeHeldBack();
    SigpipeHeldBack(const SigpipeHeldBack&) = delete;
    SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
    ~SigpipeHeldBack();

  private:
    sigset_t sigpipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

}  // namespace nexus::archive
