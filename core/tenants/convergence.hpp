// Brings one tenant's objects in the engine to its desired state. Every step is idempotent, so that
// a crash at any point is mended by doing it again. Threads: any, as long as no two work on one
// tenant at once.
#pragma once

#include <nexus/backend.hpp>

#include "config/settings.hpp"
#include "tenants/job_context.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::tenants {

// Throws Failure `conflict` for a container of the tenant's name that carries another's label: it
// is not ours to touch.
void require_ours(const ContainerState& state, const TenantId& tenant);

class Convergence {
  public:
    Convergence(Backend& backend, const TenantStore& store, const config::Settings& settings);

    // Network, volumes and container, started. A container that was made from another spec is
    // replaced; the volumes stay. The image must be there. Throws Failure.
    void bring_up(const TenantRecord& record, const JobContext& context);

    // The same, and it runs, and is healthy where its image declares a health check. Throws
    // Failure; one of a runtime that does not come up has its last log lines in `data`.
    void run(const TenantRecord& record, const JobContext& context);

    // The container stopped, if there is one.
    void stop(const TenantId& tenant, const JobContext& context);

    // No container, network or, unless `keep_volumes`, volume left. Without `keep_volumes` the
    // runtime is killed: nothing that it could still write is kept.
    void remove(const TenantId& tenant, bool keep_volumes, const JobContext& context);

  private:
    void ensure_network(const TenantRecord& record, const JobContext& context);
    ContainerState ensure_current(const ContainerSpec& spec, const JobContext& context);
    void start(const ContainerSpec& spec, const JobContext& context);
    void wait_until_up(const std::string& name, const JobContext& context);
    [[noreturn]] void fail_with_log(const ContainerState& state, const std::string& problem,
                                    const JobContext& context);

    Backend& backend_;
    const TenantStore& store_;
    const config::Settings& settings_;
};

}  // namespace nexus::tenants
