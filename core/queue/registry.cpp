#include "queue/registry.hpp"

#include <array>
#include <map>

#include "config/characters.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

// The fields of a node's entry that read_nodes asks for, in this order.
enum Field : std::size_t { epoch, state, version, backend, started_at, tenants, capacity, count };
constexpr std::array<const char*, Field::count> names{"epoch",      "state",   "version", "backend",
                                                      "started_at", "tenants", "capacity"};

// Every runner is a consumer of the group. Where nobody has made the stream or the group yet, there
// is none.
std::vector<std::string> joined(redis::Connection& connection, const Keys& keys) {
    std::vector<std::string> nodes;
    try {
        const auto reply =
            connection.call(redis::Command("XINFO", "CONSUMERS", keys.intake, router_group));
        for (const auto& consumer : reply.array()) {
            if (consumer.array().size() > 1) nodes.push_back(consumer.array()[1].text());
        }
    } catch (const redis::Error& error) {
        if (error.kind() != redis::ErrorKind::command) throw;
    }
    return nodes;
}

std::string text_of(const redis::Reply& value) {
    return value.is_nil() ? "" : value.text();
}

std::int64_t number_of(const redis::Reply& value) {
    return config::parse_digits(text_of(value)).value_or(0);
}

NodeEntry to_entry(std::string name, const redis::Reply::Array& facts, std::int64_t placed) {
    NodeEntry node;
    node.name = std::move(name);
    node.tenants = placed;
    node.alive = facts.size() == Field::count && !facts[Field::epoch].is_nil();
    if (!node.alive) return node;
    node.state = text_of(facts[Field::state]);
    node.version = text_of(facts[Field::version]);
    node.backend = text_of(facts[Field::backend]);
    node.started_at = text_of(facts[Field::started_at]);
    node.tenants = number_of(facts[Field::tenants]);
    node.capacity = number_of(facts[Field::capacity]);
    return node;
}

}  // namespace

std::vector<NodeEntry> read_nodes(redis::Connection& connection, const Keys& keys,
                                  const std::vector<Placement>& placements) {
    std::map<std::string, std::int64_t> placed;
    for (const auto& name : joined(connection, keys))
        placed[name] = 0;
    for (const auto& placement : placements)
        ++placed[placement.node];

    std::vector<redis::Command> commands;
    for (const auto& node : placed) {
        const Keys of_node(keys.prefix, node.first);
        redis::Command facts("HMGET", of_node.lease);
        for (const auto* name : names)
            facts.add(name);
        commands.push_back(std::move(facts));
        commands.emplace_back("XLEN", of_node.node_jobs);
    }
    const auto replies = connection.pipeline(commands);
    std::vector<NodeEntry> nodes;
    std::size_t next = 0;
    for (const auto& [name, tenants] : placed) {
        nodes.push_back(to_entry(name, replies.at(next).array(), tenants));
        nodes.back().jobs = replies.at(next + 1).integer();
        next += 2;
    }
    return nodes;
}

std::optional<std::int64_t> set_draining(redis::Connection& connection, const Keys& keys,
                                         bool draining) {
    const auto reply =
        drain_script().run(connection, {keys.lease}, {draining ? state_draining : state_active});
    if (reply.is_nil()) return std::nullopt;
    return reply.integer();
}

}  // namespace nexus::queue
