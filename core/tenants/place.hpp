// Which node has a tenant that has a folder on this one. Threads: plain values.
#pragma once

#include <functional>

#include "config/tenant_id.hpp"

namespace nexus::tenants {

enum class Place {
    here,
    elsewhere,      // another node has it, which does not run now, or it was deleted there
    runs_elsewhere  // another node has it, and runs
};

using PlaceOf = std::function<Place(const config::TenantId&)>;

}  // namespace nexus::tenants
