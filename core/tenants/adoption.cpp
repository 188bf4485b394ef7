#include "tenants/adoption.hpp"

namespace nexus::tenants {

TenantRecord adopted_record(const TenantId& tenant, const std::optional<ContainerState>& runtime,
                            const config::Settings& settings, WallTime now) {
    TenantRecord record = new_record(tenant, settings, now);
    record.generation = 1;
    record.updated_at = now;
    const bool runs =
        runtime && (runtime->phase == Phase::running || runtime->phase == Phase::restarting ||
                    runtime->phase == Phase::paused);
    record.desired = runs ? Desired::running : Desired::stopped;
    if (runtime) {
        record.image = runtime->image;
    } else if (settings.nexus_image) {
        record.image = settings.nexus_image->text();
    }
    return record;
}

}  // namespace nexus::tenants
