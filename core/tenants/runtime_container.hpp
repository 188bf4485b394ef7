// Of a tenant's containers: the one that it should have, and whether one that is there is that, or
// its own at all. Pure functions but for the files of `store`; threads: any.
#pragma once

#include <nexus/backend.hpp>

#include "config/settings.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::tenants {

// The container of `record` with the environment that is on disk. Throws as
// TenantStore::environment does.
ContainerSpec current_spec(const TenantRecord& record, const TenantStore& store,
                           const config::Settings& settings);

// Whether `state` was made from `spec`, or from one that differs in nothing but names and labels.
bool made_from(const ContainerState& state, const ContainerSpec& spec);

// Throws Failure `conflict` for a container of this name that carries another tenant's label: it is
// not ours to touch.
void require_ours(const ContainerState& state, const TenantId& tenant);

}  // namespace nexus::tenants
