// What the engine says of a tenant, as JSON for results. Pure functions; threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>

#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

struct Observed {
    std::optional<ContainerState> runtime;
    std::optional<VolumeState> session;
    std::optional<VolumeState> state;
};

// The `data` of a health result: desired state, image and generation; runtime and volumes as
// observed, null where missing.
std::string health_data(const TenantRecord& record, const Observed& observed);

}  // namespace nexus::tenants
