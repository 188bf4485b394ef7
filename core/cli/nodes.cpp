// nodes: the workers that share this Redis.

#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/table.hpp"
#include "queue/registry.hpp"

namespace nexus::cli {
namespace {

using queue::NodeEntry;

const std::string& state_of(const NodeEntry& node) {
    static const std::string down = "down";
    return node.alive ? node.state : down;
}

void print_json(const std::vector<NodeEntry>& nodes) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& node : nodes) {
        writer.begin_object()
            .member("node", node.name)
            .member("state", state_of(node))
            .member("version", node.version)
            .member("backend", node.backend)
            .member("tenants", node.tenants)
            .member("capacity", node.capacity)
            .member("free", node.alive ? node.capacity - node.tenants : 0)
            .member("jobs", node.jobs)
            .member("started_at", node.started_at)
            .end_object();
    }
    print_line(writer.end_array().text());
}

void print_table(const std::vector<NodeEntry>& nodes) {
    Table table(
        {"NODE", "STATE", "VERSION", "BACKEND", "TENANTS", "CAPACITY", "FREE", "JOBS", "STARTED"});
    const auto of_living = [](const NodeEntry& node, std::int64_t number) {
        return node.alive ? std::to_string(number) : "";
    };
    for (const auto& node : nodes) {
        table.add({node.name, state_of(node), node.version, node.backend,
                   std::to_string(node.tenants), of_living(node, node.capacity),
                   of_living(node, node.capacity - node.tenants), std::to_string(node.jobs),
                   node.started_at});
    }
    table.print();
}

int show_nodes(Client& client, bool as_json) {
    auto& connection = client.connection();
    const auto& keys = client.keys();
    const auto nodes =
        queue::read_nodes(connection, keys, queue::read_placements(connection, keys));
    as_json ? print_json(nodes) : print_table(nodes);
    return 0;
}

}  // namespace

void add_nodes(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "nodes", "Show every worker: whether it runs, its tenants, its room, the jobs it has");
    command.callback([&line] {
        line.run = [&line] {
            return with_redis(line, [&](Client& client) { return show_nodes(client, line.json); });
        };
    });
}

}  // namespace nexus::cli
