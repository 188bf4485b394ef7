// The tenants on this node's disk that another node has by Redis: what a node finds that was away
// while its tenants were taken over. Threads: place_of from any, the rest one at a time.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "queue/keys.hpp"
#include "redis/connection.hpp"
#include "tenants/place.hpp"

namespace nexus::queue {

class Elsewhere {
  public:
    // Both must outlive it.
    Elsewhere(const Keys& keys, Log& log) : keys_(keys), log_(log) {}

    // These are the ones, as register_placements said. Throws redis::Error.
    void set(redis::Connection& connection, const std::vector<std::string>& tenants);
    // Whether the nodes that have them run now, and whether this node has got one back. One whose
    // placement has ended stays: it was deleted where it was. Throws redis::Error.
    void look_again(redis::Connection& connection);

    tenants::Place place_of(const config::TenantId& tenant) const;

  private:
    struct Holder {
        std::string node;
        bool runs = false;
    };
    using Holders = std::map<std::string, Holder, std::less<>>;
    Holders ask(redis::Connection& connection, const std::vector<std::string>& tenants) const;
    void replace(Holders holders);

    const Keys& keys_;
    Log& log_;
    mutable std::mutex mutex_;
    Holders holders_;  // by tenant
};

}  // namespace nexus::queue
