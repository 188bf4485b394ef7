#include "queue/placements.hpp"

#include <algorithm>

#include "queue/scripts.hpp"

namespace nexus::queue {

std::vector<std::string> register_placements(redis::Connection& connection, const Keys& keys,
                                             const std::string& epoch,
                                             const std::vector<config::TenantId>& tenants) {
    constexpr std::size_t a_call = 500;
    std::vector<std::string> elsewhere;
    for (std::size_t from = 0; from < tenants.size(); from += a_call) {
        std::vector<std::string_view> arguments{keys.node, epoch};
        for (std::size_t i = from; i < std::min(tenants.size(), from + a_call); ++i)
            arguments.emplace_back(tenants[i].text());
        const auto reply =
            register_script().run(connection, {keys.lease, keys.placements}, arguments);
        for (const auto& tenant : reply.array())
            elsewhere.push_back(tenant.text());
    }
    return elsewhere;
}

Claim claim_placement(redis::Connection& connection, const Keys& keys,
                      const config::TenantId& tenant, bool take_over) {
    const auto reply = claim_script().run(
        connection, {keys.placements, keys.lease},
        {take_over ? "take_over" : "claim", keys.prefix, keys.node, tenant.text()});
    const auto& nodes = reply.array();
    if (nodes.size() != 2) {
        throw redis::Error(redis::ErrorKind::protocol, "claim.lua answered without its two parts");
    }
    return {nodes[0].text(), nodes[1].text()};
}

void give_back_placement(redis::Connection& connection, const Keys& keys,
                         const config::TenantId& tenant, const Claim& claim) {
    if (claim.node != keys.node || claim.before == keys.node) return;
    claim_script().run(connection, {keys.placements, keys.lease},
                       {"give_back", keys.prefix, keys.node, tenant.text(), claim.before});
}

std::vector<Placement> read_placements(redis::Connection& connection, const Keys& keys) {
    constexpr int a_call = 1000;
    std::map<std::string, std::string> places;  // a scan may give a field twice
    std::string cursor = "0";
    do {
        const auto page =
            connection.call(redis::Command("HSCAN", keys.placements, cursor, "COUNT", a_call))
                .array();
        if (page.size() != 2)
            throw redis::Error(redis::ErrorKind::protocol, "HSCAN answered without its two parts");
        cursor = page[0].text();
        const auto& fields = page[1].array();
        for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
            places[fields[i].text()] = fields[i + 1].text();
    } while (cursor != "0");
    std::vector<Placement> placements;
    placements.reserve(places.size());
    for (auto& [tenant, node] : places)
        placements.push_back({tenant, std::move(node)});
    return placements;
}

}  // namespace nexus::queue
