#include "queue/elsewhere.hpp"

#include <algorithm>
#include <system_error>

#include "queue/placements.hpp"
#include "tenants/elsewhere_file.hpp"

namespace nexus::queue {

using config::TenantId;
using tenants::Place;

Elsewhere::Elsewhere(const Keys& keys, const Lease& lease, Directory state_dir, Bell& moved,
                     Log& log)
    : keys_(keys), lease_(lease), state_dir_(std::move(state_dir)), moved_(moved), log_(log) {
    remembered_ = tenants::read_elsewhere(state_dir_.path());
    for (const auto& tenant : remembered_)
        holders_[tenant];
}

void Elsewhere::introduce(redis::Connection& connection, const std::vector<TenantId>& tenants,
                          bool lost) {
    Holders away;
    std::vector<TenantId> ours;
    for (const auto& tenant : tenants) {
        const auto known = holders_.find(tenant);
        if (known == holders_.end()) {
            ours.push_back(tenant);
        } else {
            away.insert(*known);
        }
    }
    for (const auto& name : register_placements(connection, keys_, lease_.epoch(), ours)) {
        if (!lost) {
            away[*TenantId::parse(name)];
            continue;
        }
        log_.error(
            "Redis had lost its data, and another node was given a tenant that runs here: see "
            "which of the two is the right one, and delete the other",
            {{"tenant", name}});
    }
    replace(ask(connection, away));
}

void Elsewhere::look_again(redis::Connection& connection) {
    if (!holders_.empty()) replace(ask(connection, holders_));
}

Place Elsewhere::place_of(const TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    const auto found = holders_.find(tenant);
    if (found == holders_.end()) return Place::here;
    return found->second.runs ? Place::runs_elsewhere : Place::elsewhere;
}

Elsewhere::Holders Elsewhere::ask(redis::Connection& connection, const Holders& tenants) const {
    constexpr std::size_t a_call = 500;
    Holders holders;
    std::map<std::string, bool> nodes;
    for (auto from = tenants.begin(); from != tenants.end();) {
        redis::Command command("HMGET", keys_.placements);
        std::vector<TenantId> asked;
        for (; from != tenants.end() && asked.size() < a_call; ++from) {
            command.add(from->first.text());
            asked.push_back(from->first);
        }
        const auto answer = connection.call(command);
        if (answer.array().size() != asked.size())
            throw redis::Error(redis::ErrorKind::protocol, "HMGET answered without all fields");
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const auto& reply = answer.array()[i];
            const std::string node = reply.is_nil() ? "" : reply.text();
            if (node == keys_.node) continue;
            const auto [known, is_new] = nodes.try_emplace(node);
            if (is_new) known->second = runs(connection, node);
            holders.emplace(asked[i], Holder{node, known->second});
        }
    }
    return holders;
}

// The lease of this node's former name may not have ended yet.
bool Elsewhere::runs(redis::Connection& connection, const std::string& node) const {
    if (node.empty()) return false;
    const Keys theirs(keys_.prefix, node);
    const auto holder = connection.call(redis::Command("HGET", theirs.lease, "holder"));
    return !holder.is_nil() && holder.text() != lease_.holder();
}

void Elsewhere::replace(Holders holders) {
    remember(holders);
    tell(holders);
    if (holders == holders_) return;
    {
        const std::scoped_lock lock(mutex_);
        holders_ = std::move(holders);
    }
    moved_.ring();
}

void Elsewhere::remember(const Holders& holders) {
    std::set<TenantId> tenants;
    for (const auto& each : holders)
        tenants.insert(each.first);
    if (tenants == remembered_) return;
    try {
        tenants::write_elsewhere(state_dir_, tenants);
        remembered_ = tenants;
    } catch (const std::system_error& error) {
        log_.error(
            "STATE_DIR cannot be written, so a restart would not know which tenants another node "
            "has; trying again",
            {{"message", error.what()}});
    }
}

void Elsewhere::tell(const Holders& holders) {
    for (const auto& [tenant, holder] : holders) {
        const auto before = holders_.find(tenant);
        if (before != holders_.end() && before->second.node == holder.node) continue;
        const bool deleted = holder.node.empty();
        log_.warning(
            deleted ? "a tenant on this node's disk was deleted on another node; it is not started"
                    : "a tenant on this node's disk belongs to another node by Redis; it is not "
                      "started here",
            {{"tenant", tenant.text()}, {"belongs_to", holder.node}});
    }
    for (const auto& each : holders_) {
        if (holders.count(each.first) > 0) continue;
        log_.info("a tenant belongs to this node again, or is gone from its disk",
                  {{"tenant", each.first.text()}});
    }
}

}  // namespace nexus::queue
