// Two folders in one step. Threads: any.
#pragma once

#include <string>

namespace nexus::engine {

// Exchanges the folders at both paths, for good: also after the machine lost its power. Throws
// BackendError: `unsupported` where they cannot be exchanged in one step, `denied`, `internal`.
void exchange_folders(const std::string& first, const std::string& second);

}  // namespace nexus::engine
