// The names of the keys in Redis. No other folder knows them. Threads: a plain value.
#pragma once

#include <string>

namespace nexus::queue {

struct Keys {
    // `prefix` as QUEUE_PREFIX; `node` may be empty where no node is spoken for.
    Keys(std::string queue_prefix, std::string node_name);

    std::string job(const std::string& id) const;  // ledger
    std::string reply(const std::string& id) const;

    std::string prefix;
    std::string node;
    std::string intake;      // stream
    std::string node_jobs;   // stream of this node
    std::string lease;       // hash: lease and registry of this node
    std::string cancel;      // stream: jobs of this node that are to end
    std::string placements;  // hash: tenant → node
    std::string gone;        // hash: deleted tenants of this node whose placement still stands
    std::string results;     // stream
    std::string events;      // stream
    std::string dead;        // stream
};

inline constexpr const char* router_group = "router";
inline constexpr const char* runner_group = "runner";

}  // namespace nexus::queue
