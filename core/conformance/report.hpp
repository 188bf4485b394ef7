// The results of a run as text for people, and for programs. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/suite.hpp"

namespace nexus::conformance {

std::string_view to_string(Outcome::Kind kind) noexcept;

// "PASS  stop-twice  start and stop ... (120 ms)", and the reason below it.
std::string to_line(const Result& result);
// "64 checks: 60 passed, 1 failed, 3 do not apply".
std::string to_summary(const std::vector<Result>& results);
std::string to_json(const Options& options, const std::vector<Result>& results);
std::string to_junit(const Options& options, const std::vector<Result>& results);
bool all_passed(const std::vector<Result>& results);

}  // namespace nexus::conformance
