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
// Returns those that Redis says are elsewhere, whose placement is left alone.
std::vector<std::string> register_placements(redis::Connection& connection, const Keys& keys,
                                             const std::string& epoch,
                                             const std::vector<config::TenantId>& tenants);

// What became of a tenant's placement.
struct Claim {
    std::string node;    // that has the tenant now
    std::string before;  // that had it; empty where none had
};

// Gives a tenant that comes back from a backup to the node that `keys` speaks for, beside a daemon
// of it or without one: where no node has it, or, to take it over, where the one that has it holds
// its lease no more. Where another node has it after all, nothing was changed.
Claim claim_placement(redis::Connection& connection, const Keys& keys,
                      const config::TenantId& tenant, bool take_over);

// It did not come back: the placement is what it was before `claim`, where the node still has it.
void give_back_placement(redis::Connection& connection, const Keys& keys,
                         const config::TenantId& tenant, const Claim& claim);

struct Placement {
    std::string tenant;
    std::string node;
};

// All of them, by tenant. Read in pieces: one that changes meanwhile may be either.
std::vector<Placement> read_placements(redis::Connection& connection, const Keys& keys);

}  // namespace nexus::queue
