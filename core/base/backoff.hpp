// How long to wait before the next try: exponential, with full jitter, so that many clients that
// failed together do not come back together. Threads: one at a time.
#pragma once

#include <chrono>
#include <random>

namespace nexus {

class Backoff {
  public:
    // Waits between zero and first × 2ⁿ, at most `most`, and never less than `least`.
    Backoff(std::chrono::milliseconds least, std::chrono::milliseconds first,
            std::chrono::milliseconds most);
    std::chrono::milliseconds next();
    void reset() noexcept { tries_ = 0; }

  private:
    std::chrono::milliseconds least_;
    std::chrono::milliseconds first_;
    std::chrono::milliseconds most_;
    int tries_ = 0;
    std::minstd_rand random_;
};

}  // namespace nexus
