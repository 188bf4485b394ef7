// Brings one tenant's objects in the engine to its desired state. Every step is idempotent, so that
// a crash at any point is mended by doing it again. Threads: any, as long as no two work on one
// tenant at once.
#pragma once

#include <nexus/backend.hpp>

#include "config/settings.hpp"
#include "tenants/job_context.hpp"
#include "tenants/runtime_watch.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::tenants {

// The subnet of a tenant's record is in use by a network that no record knows of, such as that of
// an orphan, or of somebody else on this machine. Its tenant has to get another one.
class SubnetTaken : public BackendError {
  public:
    explicit SubnetTaken(const BackendError& error) : BackendError(error) {}
};

class Convergence {
  public:
    Convergence(Backend& backend, const TenantStore& store, const config::Settings& settings);

    // Network, volumes, container, running, and healthy where its image declares a health check. A
    // container that was made from another spec is replaced; the volumes stay. The image must be
    // there. Throws Failure; NotUp of a runtime that does not come up; SubnetTaken.
    ContainerState run(const TenantRecord& record, const JobContext& context);
    // The same without the wait for it to come up.
    void make(const TenantRecord& record, const JobContext& context);

    // The container stopped, if there is one.
    void stop(const TenantId& tenant, const JobContext& context);

    // No container, network or, unless `keep_volumes`, volume left. Without `keep_volumes` the
    // runtime is killed: nothing that it could still write is kept.
    void remove(const TenantId& tenant, bool keep_volumes, const JobContext& context);

    // No session volume left, and no container, since that would use it.
    void remove_session(const TenantId& tenant, const JobContext& context);

  private:
    void ensure_network(const TenantRecord& record, const JobContext& context);
    ContainerState ensure_current(const ContainerSpec& spec, const JobContext& context);
    void start(const ContainerSpec& spec, const JobContext& context);
    void remove_containers(const TenantId& tenant, const JobContext& context);

    Backend& backend_;
    const TenantStore& store_;
    const config::Settings& settings_;
    RuntimeWatch watch_;
};

}  // namespace nexus::tenants
