// Which node holds which tenant, as Redis knows it. Threads: any, with a connection of their own.
#pragma once

#include <string>
#include <vector>

#include "config/tenant_id.hpp"
#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// Registers the tenants that this node has on disk. Returns those that Redis says are elsewhere,
// which are left alone.
std::vector<std::string> register_placements(redis::Connection& connection, const Keys& keys,
                                             const std::vector<config::TenantId>& tenants);

}  // namespace nexus::queue
