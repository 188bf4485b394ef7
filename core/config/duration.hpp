// Lengths of time as an operator writes them: a whole number and ms, s, m or h. Threads: any.
#pragma once

#include <chrono>
#include <string_view>

#include "config/parsed.hpp"

namespace nexus::config {

// "1500ms", "30s", "10m", "168h"; "0" needs no unit. At most ten years, so that a deadline made of
// it cannot overflow.
Parsed<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace nexus::config
