// The last words of a runtime, for whoever has to find out why it failed. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>
#include <vector>

#include "tenants/tenant_files.hpp"

namespace nexus::tenants {

// The last 50 lines of the container's log, at most 64 KiB. The values that a job gave the runtime
// in `env` are the customer's, and blotted out. Empty where the engine gives none: a log is a help,
// and that it cannot be had hides nothing else.
std::vector<std::string> last_log_lines(Backend& backend, const CallContext& ctx,
                                        const std::string& container, const Environment& env,
                                        int bridge_port) noexcept;

}  // namespace nexus::tenants
