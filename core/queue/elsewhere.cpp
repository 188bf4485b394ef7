#include "queue/elsewhere.hpp"

#include <algorithm>

namespace nexus::queue {

void Elsewhere::set(redis::Connection& connection, const std::vector<std::string>& tenants) {
    replace(ask(connection, tenants));
}

void Elsewhere::look_again(redis::Connection& connection) {
    std::vector<std::string> tenants;
    for (const auto& [tenant, holder] : holders_)  // which this thread alone changes
        tenants.push_back(tenant);
    if (!tenants.empty()) replace(ask(connection, tenants));
}

tenants::Place Elsewhere::place_of(const config::TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    const auto found = holders_.find(tenant.text());
    if (found == holders_.end()) return tenants::Place::here;
    return found->second.runs ? tenants::Place::runs_elsewhere : tenants::Place::elsewhere;
}

Elsewhere::Holders Elsewhere::ask(redis::Connection& connection,
                                  const std::vector<std::string>& tenants) const {
    constexpr std::size_t a_call = 500;
    Holders holders;
    std::map<std::string, bool> nodes;
    const auto runs = [&](const std::string& node) {
        const auto [at, is_new] = nodes.try_emplace(node);
        if (is_new) {
            const Keys theirs(keys_.prefix, node);
            const auto epoch = connection.call(redis::Command("HGET", theirs.lease, "epoch"));
            at->second = !epoch.is_nil();
        }
        return at->second;
    };
    for (std::size_t from = 0; from < tenants.size(); from += a_call) {
        const std::size_t to = std::min(tenants.size(), from + a_call);
        redis::Command command("HMGET", keys_.placements);
        for (std::size_t i = from; i < to; ++i)
            command.add(tenants[i]);
        const auto nodes_of = connection.call(command).array();
        if (nodes_of.size() != to - from)
            throw redis::Error(redis::ErrorKind::protocol, "HMGET answered without all fields");
        for (std::size_t i = from; i < to; ++i) {
            const auto& node = nodes_of[i - from];
            if (node.is_nil()) {
                holders[tenants[i]] = {};
            } else if (node.text() != keys_.node) {
                holders[tenants[i]] = {node.text(), runs(node.text())};
            }
        }
    }
    return holders;
}

void Elsewhere::replace(Holders holders) {
    for (const auto& [tenant, holder] : holders) {
        const auto before = holders_.find(tenant);
        if (before != holders_.end() && before->second.node == holder.node) continue;
        log_.warning(
            "a tenant on this node's disk belongs to another node by Redis; it is not started here",
            {{"tenant", tenant}, {"belongs_to", holder.node}});
    }
    for (const auto& [tenant, holder] : holders_) {
        if (holders.count(tenant) > 0) continue;
        log_.info("a tenant belongs to this node again", {{"tenant", tenant}});
    }
    const std::scoped_lock lock(mutex_);
    holders_ = std::move(holders);
}

}  // namespace nexus::queue
