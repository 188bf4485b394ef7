#include "queue/placements.hpp"

#include <algorithm>

namespace nexus::queue {

std::vector<std::string> register_placements(redis::Connection& connection, const Keys& keys,
                                             const std::vector<config::TenantId>& tenants) {
    constexpr std::size_t a_call = 500;
    std::vector<std::string> elsewhere;
    for (std::size_t from = 0; from < tenants.size(); from += a_call) {
        const std::size_t to = std::min(tenants.size(), from + a_call);
        std::vector<redis::Command> commands;
        redis::Command look("HMGET", keys.placements);
        for (std::size_t i = from; i < to; ++i) {
            commands.emplace_back("HSETNX", keys.placements, tenants[i].text(), keys.node);
            look.add(tenants[i].text());
        }
        commands.push_back(std::move(look));
        const auto replies = connection.pipeline(commands);
        for (const auto& reply : replies)
            reply.throw_if_error();
        const auto& places = replies.back().array();
        for (std::size_t i = from; i < to && i - from < places.size(); ++i) {
            if (places[i - from].text() != keys.node) elsewhere.push_back(tenants[i].text());
        }
    }
    return elsewhere;
}

}  // namespace nexus::queue
