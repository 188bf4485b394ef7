#include "conformance/suite.hpp"

#include <algorithm>

#include "conformance/isolated.hpp"

namespace nexus::conformance {
namespace {

constexpr int limit_in_patiences = 4;

void sweep_isolated(const Options& options, const std::vector<Made>& left) {
    const auto adopt = [&left](Bench& bench) {
        for (const auto& made : left)
            bench.adopt(made);
    };
    run_isolated({"sweep", "", adopt}, options, limit_in_patiences * options.patience);
}

}  // namespace

std::vector<Check> all_checks() {
    std::vector<Check> checks;
    for (const auto& part : {load_checks(), boundary_checks(), instance_checks(), resource_checks(),
                             container_checks(), state_checks(), inside_checks(), bulk_checks(),
                             swap_checks(), time_checks(), engine_checks()})
        checks.insert(checks.end(), part.begin(), part.end());
    return checks;
}

std::vector<Result> run_checks(const Options& options, const std::vector<std::string>& only,
                               const std::function<void(const Result&)>& on_result) {
    std::vector<Result> results;
    for (const auto& check : all_checks()) {
        const bool named = std::find(only.begin(), only.end(), check.name) != only.end();
        if (!only.empty() && !named) continue;
        const auto ended = run_isolated(check, options, limit_in_patiences * options.patience);
        if (!ended.left.empty()) sweep_isolated(options, ended.left);
        results.push_back({check, ended.outcome});
        on_result(results.back());
    }
    return results;
}

}  // namespace nexus::conformance
