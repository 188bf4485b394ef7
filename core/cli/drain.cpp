// drain: a node keeps what it has and gets no new tenant.

#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/progress_line.hpp"
#include "config/node_name.hpp"
#include "queue/registry.hpp"

namespace nexus::cli {
namespace {

struct Options {
    std::string node;
    bool undo = false;
};

bool concerns_node(const config::Problem& problem) {
    return problem.setting == "NODE_NAME";
}

std::string node_of(const CommandLine& line, const Options& options) {
    if (options.node.empty()) {
        const auto loaded = load_settings(line);
        refuse_problems(loaded, &concerns_node);
        return loaded.settings.node_name;
    }
    if (const auto problem = config::node_name_problem(options.node))
        throw app::StartFailure(app::exit_usage, "NODE: " + *problem);
    return options.node;
}

std::string told(const std::string& node, bool undo, std::int64_t tenants) {
    const std::string held = counted(tenants, "tenant");
    if (undo) return node + " is active: it has " + held + " and may get more";
    return node + " is draining: it keeps its " + held +
           " and gets no new one, also after a restart; to end that: nexus-runner drain " + node +
           " --undo";
}

int drain(Client& client, const std::string& node, const Options& options, bool as_json) {
    const queue::Keys keys(client.keys().prefix, node);
    const auto tenants = queue::set_draining(client.connection(), keys, !options.undo);
    if (!tenants) {
        throw app::StartFailure(app::exit_failed,
                                "node " + node +
                                    " is not running; start it first, since it is the node that "
                                    "remembers this over restarts (nexus-runner nodes shows all)");
    }
    if (!as_json) {
        print_line(told(node, options.undo, *tenants));
        return app::exit_done;
    }
    json::Writer writer;
    writer.begin_object()
        .member("node", node)
        .member("state", options.undo ? queue::state_active : queue::state_draining)
        .member("tenants", *tenants)
        .end_object();
    print_line(writer.text());
    return app::exit_done;
}

}  // namespace

void add_drain(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "drain", "Let a node keep its tenants and get no new one, until --undo");
    auto options = std::make_shared<Options>();
    command.add_option("NODE", options->node, "The node (default: NODE_NAME of the settings)");
    command.add_flag("--undo", options->undo, "Let new tenants come again");
    command.callback([&line, options] {
        line.run = [&line, options] {
            const auto node = node_of(line, *options);
            return with_redis(
                line, [&](Client& client) { return drain(client, node, *options, line.json); });
        };
    });
}

}  // namespace nexus::cli
