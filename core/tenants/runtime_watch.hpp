// Waits for a runtime that was started, and tells why one does not come up. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>

#include "base/failure.hpp"
#include "config/settings.hpp"
#include "tenants/job_context.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::tenants {

// The runtime itself is the trouble, and not the engine: it ended, is unhealthy, or was not healthy
// in time. Its last log lines are in `data`, with what the job gave it blotted out.
class NotUp : public Failure {
  public:
    using Failure::Failure;
};

class RuntimeWatch {
  public:
    RuntimeWatch(Backend& backend, const TenantStore& store, const config::Settings& settings)
        : backend_(backend), store_(store), settings_(settings) {}

    // Until it runs and, where its image declares a health check, is healthy. Throws NotUp, Failure
    // where it is gone or the job is cancelled, and BackendError.
    ContainerState wait_until_up(const std::string& name, const JobContext& context);

    // For `time` after that; throws the same, also where the engine restarted it meanwhile.
    void stay_up(const ContainerState& since, std::chrono::milliseconds time,
                 const JobContext& context);

    // The last log lines as a result's `data`; without any where they cannot be had. Takes a few
    // seconds at most, also where the job's time is over.
    std::string log_of(const std::string& name, const JobContext& context);

  private:
    ContainerState look(const std::string& name, const JobContext& context);
    void pause(const std::string& name, std::chrono::milliseconds time, const JobContext& context);
    [[noreturn]] void refuse(const std::string& name, const std::string& problem,
                             const JobContext& context, ErrorCode code = ErrorCode::backend_failed);

    Backend& backend_;
    const TenantStore& store_;
    const config::Settings& settings_;
};

}  // namespace nexus::tenants
