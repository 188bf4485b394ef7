// Which node holds which tenant, as Redis knows it. Functions throw redis::Error. Threads: any,
// with a connection of their own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/tenant_id.hpp"
#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// Registers the tenants that this node has on disk, as the holder of its lease with `epoch`.
// Returns those that Redis says are elsewhere, which are left alone.
std::vector<std::string> register_placements(redis::Connection& connection, const Keys& keys,
                                             const std::string& epoch,
                                             const std::vector<config::TenantId>& tenants);

struct Placement {
    std::string tenant;
    std::string node;
};

// All of them, by tenant. Read in pieces: one that changes meanwhile may be either.
std::vector<Placement> read_placements(redis::Connection& connection, const Keys& keys);

}  // namespace nexus::queue
