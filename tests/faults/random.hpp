// Chances that are the same for the same seed, with any compiler. Threads: one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace nexus::faults {

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    // 0 to `bound` - 1. The distributions of the standard library differ from one to another.
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    bool percent(unsigned chance) { return below(100) < chance; }
    std::chrono::milliseconds time(std::chrono::milliseconds least,
                                   std::chrono::milliseconds most) {
        return least + std::chrono::milliseconds(
                           below(static_cast<std::uint64_t>((most - least).count()) + 1));
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace nexus::faults
