#include "tenants/convergence.hpp"

#include "base/kill_point.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_spec.hpp"
#include "tenants/shared_network.hpp"

namespace nexus::tenants {
namespace {

Failure failure_on_shared_network(const BackendError& error, const config::Settings& settings) {
    Failure plain = failure_of(error);
    if (error.code() != Code::not_found ||
        std::string_view(error.what()).find("network") == std::string_view::npos) {
        return plain;
    }
    return {plain.code(), std::string(error.what()) + "; " + mend_of_shared_network(settings),
            false};
}

}  // namespace

Convergence::Convergence(Backend& backend, const TenantStore& store,
                         const config::Settings& settings)
    : backend_(backend), store_(store), settings_(settings), watch_(backend, store, settings) {}

ContainerState Convergence::run(const TenantRecord& record, const JobContext& context) {
    make(record, context);
    try {
        return watch_.wait_until_up(runtime_name(record.tenant_id), context);
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

void Convergence::make(const TenantRecord& record, const JobContext& context) {
    context.permit()();
    const TenantFiles folders(store_.folder(record.tenant_id));  // the engine mounts what is there
    const ContainerSpec spec = current_spec(record, store_, settings_);
    const Labels labels = identity(record.tenant_id, settings_.node_name);
    ensure_network(record, context);
    NEXUS_KILL_POINT("after_network_exists");
    try {
        for (const auto& mount : spec.volumes) {
            backend_.ensure_volume(context.call(), {mount.volume, labels});
        }
        NEXUS_KILL_POINT("after_volumes_exist");
        const ContainerState state = ensure_current(spec, context);
        NEXUS_KILL_POINT("after_container_exists");
        if (state.phase != Phase::running) start(spec, context);
        NEXUS_KILL_POINT("after_container_started");
    } catch (const BackendError& error) {
        const bool shared = record.network.subnet.empty();
        throw shared ? failure_on_shared_network(error, settings_) : failure_of(error);
    }
}

void Convergence::ensure_network(const TenantRecord& record, const JobContext& context) {
    if (record.network.subnet.empty()) return;  // the operator's shared network
    try {
        backend_.ensure_network(context.call(), {record.network.name, record.network.subnet,
                                                 identity(record.tenant_id, settings_.node_name)});
    } catch (const BackendError& error) {
        if (error.code() == Code::conflict) throw SubnetTaken(error);
        throw failure_of(error);
    }
}

ContainerState Convergence::ensure_current(const ContainerSpec& spec, const JobContext& context) {
    ContainerState state = backend_.ensure_container(context.call(), spec);
    require_ours(state, context.tenant());
    if (made_from(state, spec)) return state;
    backend_.stop(context.call(), spec.name, std::chrono::seconds(spec.stop_timeout_seconds));
    NEXUS_KILL_POINT("after_container_stopped");
    backend_.remove(context.call(), spec.name);
    NEXUS_KILL_POINT("after_container_removed");
    return backend_.ensure_container(context.call(), spec);
}

// A container that ran on a network which was made anew since never finds it again, whatever its
// spec says: it is made anew as well, and its volumes stay.
void Convergence::start(const ContainerSpec& spec, const JobContext& context) {
    try {
        backend_.start(context.call(), spec.name);
    } catch (const BackendError& error) {
        if (error.code() != Code::not_found) throw;
        backend_.remove(context.call(), spec.name);
        backend_.ensure_container(context.call(), spec);
        backend_.start(context.call(), spec.name);
    }
}

void Convergence::stop(const TenantId& tenant, const JobContext& context) {
    const std::string name = runtime_name(tenant);
    try {
        const auto state = backend_.inspect(context.call(), name);
        if (!state) return;
        require_ours(*state, tenant);
        backend_.stop(context.call(), name,
                      std::chrono::duration_cast<std::chrono::seconds>(settings_.stop_timeout));
        NEXUS_KILL_POINT("after_container_stopped");
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

void Convergence::remove(const TenantId& tenant, bool keep_volumes, const JobContext& context) {
    if (keep_volumes) stop(tenant, context);
    try {
        remove_containers(tenant, context);
        backend_.remove_network(context.call(), network_name(tenant));
        NEXUS_KILL_POINT("after_network_removed");
        if (keep_volumes) return;
        backend_.remove_volume(context.call(), session_volume(tenant));
        NEXUS_KILL_POINT("after_session_removed");
        backend_.remove_volume(context.call(), state_volume(tenant));
        NEXUS_KILL_POINT("after_state_removed");
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

void Convergence::remove_session(const TenantId& tenant, const JobContext& context) {
    stop(tenant, context);  // what it still writes to its other volume is kept
    try {
        remove_containers(tenant, context);
        backend_.remove_volume(context.call(), session_volume(tenant));
        NEXUS_KILL_POINT("after_session_removed");
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

// Also one that stands aside uses the volumes and the network.
void Convergence::remove_containers(const TenantId& tenant, const JobContext& context) {
    for (const auto& name : {runtime_name(tenant), previous_name(tenant)}) {
        const auto state = backend_.inspect(context.call(), name);
        if (!state) continue;
        require_ours(*state, tenant);
        backend_.remove(context.call(), name);
        NEXUS_KILL_POINT("after_container_removed");
    }
}

}  // namespace nexus::tenants
