// The places in Redis of tenants that a restore brings to this node. Redis is asked for none that
// is here already. Threads: one.
#pragma once

#include <functional>
#include <optional>

#include "app/backup_tools.hpp"
#include "cli/client.hpp"
#include "queue/placements.hpp"

namespace nexus::cli {

class PlacementClaims {
  public:
    // With `take_over` also of tenants whose node is down. Both references must outlive it.
    PlacementClaims(const CommandLine& line, const app::BackupTools& tools, bool take_over);

    // Whether the tenant is on this node's disk, and not being deleted.
    bool is_here(const config::TenantId& tenant) const;

    // The tenant is this node's; nothing where it was before. Throws Failure
    // `tenant_exists_elsewhere`, and StartFailure where Redis cannot be asked.
    std::optional<queue::Claim> claim(const config::TenantId& tenant);

    // It was not restored after all. What goes wrong is told on stderr.
    void give_back(const config::TenantId& tenant, const std::optional<queue::Claim>& claim);

  private:
    void ask(const std::function<void(redis::Connection&)>& question);

    const CommandLine& line_;
    const app::BackupTools& tools_;
    const queue::Keys keys_;
    const bool take_over_;
    std::optional<Client> client_;  // once Redis was asked
};

}  // namespace nexus::cli
