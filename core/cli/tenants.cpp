// tenants: which node holds which tenant.
#include <CLI/CLI.hpp>
#include <map>

#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/table.hpp"
#include "queue/registry.hpp"

namespace nexus::cli {
namespace {

struct Row {
    queue::Placement placement;
    bool alive;
};

void print_json(const std::vector<Row>& rows) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& row : rows) {
        writer.begin_object()
            .member("tenant_id", row.placement.tenant)
            .member("node", row.placement.node)
            .member("node_alive", row.alive)
            .end_object();
    }
    print_line(writer.end_array().text());
}

void print_table(const std::vector<Row>& rows) {
    Table table({"TENANT", "NODE", "NODE RUNS"});
    for (const auto& row : rows)
        table.add({row.placement.tenant, row.placement.node, row.alive ? "yes" : "no"});
    table.print();
}

int show_tenants(Client& client, const std::string& node, bool as_json) {
    auto& connection = client.connection();
    const auto placements = queue::read_placements(connection, client.keys());
    std::map<std::string, bool> alive;
    for (const auto& entry : queue::read_nodes(connection, client.keys(), placements))
        alive[entry.name] = entry.alive;
    std::vector<Row> rows;
    for (const auto& placement : placements) {
        if (node.empty() || placement.node == node)
            rows.push_back({placement, alive[placement.node]});
    }
    as_json ? print_json(rows) : print_table(rows);
    return 0;
}

}  // namespace

void add_tenants(CLI::App& app, CommandLine& line) {
    auto* command =
        app.add_subcommand("tenants", "Show every tenant with the node that holds its volumes");
    auto node = std::make_shared<std::string>();
    command->add_option("--node", *node, "Of this node only");
    command->callback([&line, node] {
        line.run = [&line, node] {
            return with_redis(
                line, [&](Client& client) { return show_tenants(client, *node, line.json); });
        };
    });
}

}  // namespace nexus::cli
