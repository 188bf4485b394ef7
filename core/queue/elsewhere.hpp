// The tenants on this node's disk that another node has by Redis: what a node finds that was away
// while its tenants were taken over. STATE_DIR remembers them, so that this node does not register
// them as its own where Redis has lost its data or they were deleted where they went. Threads:
// place_of from any, the rest one at a time.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/bell.hpp"
#include "base/log.hpp"
#include "queue/keys.hpp"
#include "queue/lease.hpp"
#include "redis/connection.hpp"
#include "tenants/place.hpp"

namespace nexus::queue {

class Elsewhere {
  public:
    // `moved` is rung when the place of a tenant is another than before. All that is referred to
    // must outlive it. Throws std::system_error.
    Elsewhere(const Keys& keys, const Lease& lease, Directory state_dir, Bell& moved, Log& log);

    // Registers those of `tenants`, which this node has on its disk, that no node has. One that is
    // new elsewhere although it was here a moment ago, since Redis has `lost` its data, runs on
    // here: who came first then says nothing. Throws redis::Error.
    void introduce(redis::Connection& connection, const std::vector<config::TenantId>& tenants,
                   bool lost);
    // Whether the nodes that have them run now, and whether this node has got one back. Throws as
    // introduce.
    void look_again(redis::Connection& connection);

    tenants::Place place_of(const config::TenantId& tenant) const;

  private:
    struct Holder {
        std::string node;  // empty where it was deleted, or nobody has said yet
        bool runs = false;
        bool operator==(const Holder&) const = default;
    };
    using Holders = std::map<config::TenantId, Holder>;
    Holders ask(redis::Connection& connection, const Holders& tenants) const;
    bool runs(redis::Connection& connection, const std::string& node) const;
    void replace(Holders holders);
    void remember(const Holders& holders);
    void tell(const Holders& holders);

    const Keys& keys_;
    const Lease& lease_;
    const Directory state_dir_;
    Bell& moved_;
    Log& log_;
    std::set<config::TenantId> remembered_;  // in STATE_DIR
    mutable std::mutex mutex_;
    Holders holders_;  // changed with the mutex, by the one thread that may read it without
};

}  // namespace nexus::queue
