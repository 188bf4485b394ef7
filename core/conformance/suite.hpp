// All rules of the plugin boundary, and a run over them. Threads: one; see isolated.hpp.
#pragma once

#include <functional>

#include "conformance/bench.hpp"

namespace nexus::conformance {

std::vector<Check> all_checks();

struct Result {
    Check check;
    Outcome outcome;
};

// Tries those named in `only`, or all where it is empty, one after another. `on_result` is told of
// each as it ends. What a check leaves in the engine is removed.
std::vector<Result> run_checks(const Options& options, const std::vector<std::string>& only,
                               const std::function<void(const Result&)>& on_result);

}  // namespace nexus::conformance
