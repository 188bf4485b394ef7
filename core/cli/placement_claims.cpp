#include "cli/placement_claims.hpp"

#include "app/start_failure.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "cli/restore.hpp"
#include "redis/error.hpp"
#include "tenants/elsewhere_file.hpp"

namespace nexus::cli {

using config::TenantId;

PlacementClaims::PlacementClaims(const CommandLine& line, const app::BackupTools& tools,
                                 bool take_over)
    : line_(line),
      tools_(tools),
      keys_(tools.settings.queue_prefix, tools.settings.node_name),
      take_over_(take_over) {}

bool PlacementClaims::is_here(const TenantId& tenant) const {
    if (tenants::read_elsewhere(tools_.settings.state_dir).count(tenant) > 0) return false;
    try {
        const auto record = tools_.store.load(tenant);
        if (record) return record->desired != tenants::Desired::deleted;
        return tools_.store.is_unadopted(tenant);
    } catch (const json::Error&) {
        return true;
    }
}

std::optional<queue::Claim> PlacementClaims::claim(const TenantId& tenant) {
    if (is_here(tenant)) return std::nullopt;
    queue::Claim claim;
    ask([&](redis::Connection& redis) {
        claim = queue::claim_placement(redis, keys_, tenant, take_over_);
    });
    if (claim.node == keys_.node) return claim;
    throw Failure(ErrorCode::tenant_exists_elsewhere,
                  "it is on node " + claim.node +
                      (take_over_ ? ", which holds its lease still; stop nexus-runner there, and "
                                    "see that it does not come back with this tenant"
                                  : "; restore it there or, if that node is lost for good, give "
                                    "--take-over"));
}

void PlacementClaims::give_back(const TenantId& tenant, const std::optional<queue::Claim>& claim) {
    if (!claim) return;
    try {
        ask([&](redis::Connection& redis) {
            queue::give_back_placement(redis, keys_, tenant, *claim);
        });
    } catch (const app::StartFailure& failure) {
        print_trouble(tenant, std::string("its place here is not given back: ") + failure.what());
    }
}

void PlacementClaims::ask(const std::function<void(redis::Connection&)>& question) {
    try {
        if (!client_) client_.emplace(line_);
        question(client_->connection());
    } catch (const redis::Error& error) {
        const bool refused = error.kind() == redis::ErrorKind::refused;
        throw app::StartFailure(
            refused ? app::exit_config : app::exit_unreachable,
            std::string("a tenant that is new on this node gets its place in Redis: ") +
                error.what());
    }
}

}  // namespace nexus::cli
