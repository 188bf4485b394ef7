// One check in a process of its own. Threads: one; the calling process must have no other, since it
// forks.
#pragma once

#include <vector>

#include "conformance/bench.hpp"

namespace nexus::conformance {

struct Ended {
    Outcome outcome;
    std::vector<Made> left;  // in the engine, where the process died before it could remove it
};

// A crash, an exit and a hang of the plugin are failures of the check. `limit` is how long it may
// take.
Ended run_isolated(const Check& check, const Options& options, std::chrono::seconds limit);

}  // namespace nexus::conformance
