// Work on one tenant that no job asked for, kept apart from its jobs. Threads: any.
#pragma once

#include <functional>
#include <string>

#include "tenants/job_context.hpp"

namespace nexus::tenants {

struct Turn {
    std::function<void()> permit;  // throws Failure where this process may not act any more
    int cancel_fd = -1;            // readable once this process is to end
};

// Runs `work` while no job of the tenant runs, on any thread, and soon. False where a job of it
// waits or runs: that one brings the tenant to its desired state itself.
using InTurn = std::function<bool(const TenantId&, std::function<void(const Turn&)> work)>;

// Whether a job of the tenant waits or runs.
using HasJob = std::function<bool(const TenantId&)>;

// Of such work. `purpose` is how the calls' job id begins.
JobContext circumstances(const TenantId& tenant, const Turn& turn, const std::string& purpose,
                         const config::Settings& settings);

}  // namespace nexus::tenants
