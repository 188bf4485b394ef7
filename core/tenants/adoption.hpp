// Takes over a tenant that an older deployment made: a folder with env/ and config/, and a
// container and volumes of our names without our labels. Pure; threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <optional>

#include "config/settings.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

// The record that such a tenant gets: image and state are the engine's; without a container it is
// stopped, and the image is the node's. It has no network yet: it gets one when its container is
// made again.
TenantRecord adopted_record(const TenantId& tenant, const std::optional<ContainerState>& runtime,
                            const config::Settings& settings, WallTime now);

}  // namespace nexus::tenants
