// Threads: any.
#pragma once

#include <string>

namespace simulated {

// The time as RFC 3339 in UTC with milliseconds: "2026-11-23T10:00:00.123Z".
std::string timestamp();

}  // namespace simulated
