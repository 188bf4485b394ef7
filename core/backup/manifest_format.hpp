// What the writing and the reading of run.json and verified.json agree on. Threads: any.
#pragma once

#include "base/json.hpp"

namespace nexus::backup {

inline constexpr int format_version = 1;

// Thirty thousand tenants.
inline constexpr json::Limits manifest_limits{64U << 20U, 32};

}  // namespace nexus::backup
