// The nodes that share one Redis, for people and programs that ask. Functions throw redis::Error.
// Threads: any, with a connection of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "queue/placements.hpp"

namespace nexus::queue {

// The field `state` of a node's entry in the registry.
inline constexpr const char* state_active = "active";
inline constexpr const char* state_draining = "draining";

struct NodeEntry {
    std::string name;
    bool alive = false;  // it holds its lease; where it does not, the texts and capacity are empty
    std::string state;
    std::string version;
    std::string backend;
    std::string started_at;
    std::int64_t tenants = 0;
    std::int64_t capacity = 0;  // tenants that fit
    std::int64_t jobs = 0;      // in its stream: they run, or wait for it
};

// Every node that ever joined and every one that holds a tenant, by name. `placements` as
// read_placements gave them.
std::vector<NodeEntry> read_nodes(redis::Connection& connection, const Keys& keys,
                                  const std::vector<Placement>& placements);

// Drains the node that `keys` speaks for, or ends that. How many tenants it has; nothing where it
// does not run, which changes nothing.
std::optional<std::int64_t> set_draining(redis::Connection& connection, const Keys& keys,
                                         bool draining);

}  // namespace nexus::queue
