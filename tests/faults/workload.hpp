// The jobs of a run: every verb over many tenants, deletes and new beginnings among them, the same
// for the same seed. Threads: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nexus::faults {

struct PlannedJob {
    std::string id;
    std::string tenant;
    std::string action;
    std::string text;  // as it is added to the intake
};

struct Load {
    std::uint64_t seed = 0;
    std::size_t jobs = 0;
    std::size_t tenants = 0;
    unsigned repeated_percent = 2;  // of the jobs, that are added a second time later
    int max_attempts = 5;
};

// In the order in which they are to be added. A job that is added twice is there twice.
std::vector<PlannedJob> plan(const Load& load);

}  // namespace nexus::faults
