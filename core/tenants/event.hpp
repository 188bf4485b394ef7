// What the runner tells the world about a tenant, as it crosses in protocol.md. Threads: a plain
// value; a sink takes events from any.
#pragma once

#include <string>
#include <string_view>

#include "base/timestamp.hpp"
#include "config/tenant_id.hpp"

namespace nexus::tenants {

struct TenantEvent {
    config::TenantId tenant_id;
    std::string type;     // "runtime.status" and so on
    std::string payload;  // a JSON object
    WallTime created_at;
};

// Exactly the four members that the contract names.
std::string to_json(const TenantEvent& event);

}  // namespace nexus::tenants
