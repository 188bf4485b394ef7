#include "tenants/runtime_container.hpp"

#include "base/failure.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {

ContainerSpec current_spec(const TenantRecord& record, const TenantStore& store,
                           const config::Settings& settings) {
    return runtime_spec(record, store.environment(record.tenant_id),
                        store.config_path(record.tenant_id), settings);
}

bool made_from(const ContainerState& state, const ContainerSpec& spec) {
    const auto label = state.labels.find(spec_label);
    return label != state.labels.end() && label->second == spec.labels.at(spec_label);
}

void require_ours(const ContainerState& state, const TenantId& tenant) {
    const auto label = state.labels.find(tenant_label);
    if (label == state.labels.end() || label->second == tenant.text()) return;
    throw Failure(ErrorCode::conflict, "the container " + state.name + " belongs to tenant " +
                                           label->second + " by its label; rename or remove it");
}

}  // namespace nexus::tenants
