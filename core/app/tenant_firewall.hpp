// What the engine's own networks do not keep a tenant from, and the lines for the host's firewall
// that do. Pure functions; threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace nexus::app {

struct TenantFirewall {
    std::string gaps;                // what tenants can reach without the lines, in a sentence
    std::vector<std::string> lines;  // for a shell of root on the host; may be run again. None
                                     // where it is not known how tenants' packets are told apart
};

// `subnet`: of the network that tenants share, where they do; empty where it is not known. `redis`:
// what the hosts of REDIS_URL or REDIS_SENTINELS stand for, of which those that only this
// machine itself can reach are left out. Nothing where the backend has no network.
std::optional<TenantFirewall> tenant_firewall(const config::Settings& settings,
                                              const std::string& subnet,
                                              const std::vector<config::HostPort>& redis);

}  // namespace nexus::app
