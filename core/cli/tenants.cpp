// tenants: which node holds which tenant, how those of this node are, and what belongs to none.
#include <map>
#include <set>

#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/node_page.hpp"
#include "cli/table.hpp"
#include "cli/with_backend.hpp"
#include "queue/registry.hpp"
#include "tenants/listing.hpp"
#include "tenants/runtime_spec.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::cli {
namespace {

// As /status has them, for a tenant of the runner that answers there.
constexpr const char* seen_members[] = {"desired",  "observed", "since",
                                        "restarts", "image",    "last_error"};

struct Row {
    queue::Placement placement;
    bool alive;
    const json::Value* seen;  // null: of another node, or of one that does not answer
};

// Tenant → what the runner of this machine sees of it, in its page.
std::map<std::string, const json::Value*> tenants_of(const std::optional<json::Document>& page) {
    std::map<std::string, const json::Value*> tenants;
    if (!page) return tenants;
    const json::Value* list = json::Reader(*page).find("tenants");
    if (list == nullptr || !list->IsArray()) return tenants;
    for (const auto& element : list->GetArray())
        tenants[json::Reader(element, "/tenants").string("tenant_id")] = &element;
    return tenants;
}

void print_json(const std::vector<Row>& rows) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& row : rows) {
        writer.begin_object()
            .member("tenant_id", row.placement.tenant)
            .member("node", row.placement.node)
            .member("node_alive", row.alive);
        for (const char* name : seen_members) {
            const auto* value = row.seen == nullptr ? nullptr : json::Reader(*row.seen).find(name);
            if (value != nullptr) writer.key(name).raw(json::to_text(*value));
        }
        writer.end_object();
    }
    print_line(writer.end_array().text());
}

std::string shown(const Row& row, const char* name) {
    const auto* value = row.seen == nullptr ? nullptr : json::Reader(*row.seen).find(name);
    if (value == nullptr) return "";
    return value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                             : json::to_text(*value);
}

void print_table(const std::vector<Row>& rows) {
    Table table(
        {"TENANT", "NODE", "NODE RUNS", "DESIRED", "OBSERVED", "SINCE", "RESTARTS", "IMAGE"});
    for (const auto& row : rows) {
        table.add({row.placement.tenant, row.placement.node, row.alive ? "yes" : "no",
                   shown(row, "desired"), shown(row, "observed"), shown(row, "since"),
                   shown(row, "restarts"), shown(row, "image")});
        const auto error = shown(row, "last_error");
        if (!error.empty()) table.note(error);
    }
    table.print();
}

int show_tenants(const CommandLine& line, Client& client, const std::string& node) {
    auto& connection = client.connection();
    const auto settings = load_settings(line).settings;
    const auto page = read_status(settings);
    const auto here = tenants_of(page);
    const auto placements = queue::read_placements(connection, client.keys());
    std::map<std::string, bool> alive;
    for (const auto& entry : queue::read_nodes(connection, client.keys(), placements))
        alive[entry.name] = entry.alive;
    std::vector<Row> rows;
    for (const auto& placement : placements) {
        if (!node.empty() && placement.node != node) continue;
        const auto seen = here.find(placement.tenant);
        const bool mine = placement.node == settings.node_name && seen != here.end();
        rows.push_back({placement, alive[placement.node], mine ? seen->second : nullptr});
    }
    line.json ? print_json(rows) : print_table(rows);
    return app::exit_done;
}

void print_orphans(const tenants::Listing& listing, const std::set<std::string>& orphans,
                   bool as_json) {
    json::Writer writer;
    writer.begin_array();
    Table table({"CONTAINER", "TENANT", "STATE", "IMAGE"});
    for (const auto& container : listing.containers()) {
        if (orphans.count(container.name) == 0) continue;
        const std::string& tenant = container.labels.at(tenants::tenant_label);
        const std::string state(to_string(container.phase));
        writer.begin_object()
            .member("container", container.name)
            .member("tenant_id", tenant)
            .member("state", state)
            .member("image", container.image)
            .end_object();
        table.add({container.name, tenant, state, container.image});
    }
    writer.end_array();
    as_json ? print_line(writer.text()) : table.print();
}

int show_orphans(const CommandLine& line) {
    return with_backend(line, [&line](Backend& backend, const config::Settings& settings) {
        constexpr std::chrono::seconds patience(30);
        const tenants::Listing listing(
            backend, {std::chrono::steady_clock::now() + patience, -1, "orphans", ""});
        std::set<config::TenantId> known;
        try {
            for (auto& tenant : tenants::TenantStore(settings.tenant_root).list())
                known.insert(std::move(tenant));
        } catch (const std::system_error& error) {
            throw app::StartFailure(app::exit_config,
                                    "TENANT_ROOT cannot be read, so which containers belong to no "
                                    "tenant is not known: " +
                                        std::string(error.what()));
        }
        print_orphans(listing,
                      listing.orphans(settings.node_name,
                                      [&known](const config::TenantId& tenant) {
                                          return known.count(tenant) > 0;
                                      }),
                      line.json);
    });
}

}  // namespace

void add_tenants(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "tenants",
        "Show every tenant with the node that holds its volumes, and how those of this node are");
    auto node = std::make_shared<std::string>();
    auto orphans = std::make_shared<bool>(false);
    command.add_option("--node", *node, "Of this node only");
    command
        .add_flag("--orphans", *orphans,
                  "Show containers instead that carry this node's label and belong to no folder in "
                  "TENANT_ROOT. The runner leaves them alone; remove one with the engine's own "
                  "command once you know that nobody needs it")
        .excludes("--node");
    command.callback([&line, node, orphans] {
        line.run = [&line, node, orphans] {
            if (*orphans) return show_orphans(line);
            return with_redis(line,
                              [&](Client& client) { return show_tenants(line, client, *node); });
        };
    });
}

}  // namespace nexus::cli
