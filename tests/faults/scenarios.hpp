// What is done to a runner while it works. Threads: one at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "oracle.hpp"
#include "workload.hpp"

namespace nexus::faults {

struct Size {
    std::uint64_t seed = 0;
    std::size_t jobs = 0;
    std::size_t tenants = 0;
    std::size_t faults = 0;  // how many of them; what one is depends on the scenario
};

struct Report {
    Verdict verdict;
    std::string note;  // what was done
};

struct Scenario {
    const char* name;
    const char* what;  // for --help
    Size usual;        // of the short run
    // Throws test::Unavailable where this machine cannot do it.
    Report (*play)(const Size& size);
};

std::span<const Scenario> scenarios();

Report kill(const Size& size);
Report points(const Size& size);
Report engine(const Size& size);
Report redis_restart(const Size& size);
Report flush(const Size& size);
Report network(const Size& size);
Report disk(const Size& size);
Report pause(const Size& size);
Report twins(const Size& size);

// The jobs of a scenario of this size.
Load load_of(const Size& size);
// "3 kills"
std::string counted(std::size_t count, const char* what);

}  // namespace nexus::faults
