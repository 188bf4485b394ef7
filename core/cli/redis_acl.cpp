// redis-acl: the users that Redis should have for this program, as lines for redis-cli.
#include <cstdio>

#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "config/node_name.hpp"
#include "queue/acl.hpp"

namespace nexus::cli {
namespace {

// Redis refuses a line with it, so that nobody gets a user whose password all the world can read.
constexpr const char* placeholder = "REPLACE_WITH_>PASSWORD";

struct Options {
    std::string node;
    bool passwords = false;
};

bool concerns_prefix(const config::Problem& problem) {
    return problem.setting == "QUEUE_PREFIX";
}

std::string line_for(const queue::AclUser& user, const std::string& password) {
    std::string text = "ACL SETUSER " + user.name;
    for (const auto& rule : user.rules) {
        text += " " + rule;
        if (rule == "reset") text += " on " + password;
    }
    return text;
}

int print_users(const CommandLine& line, const Options& options) {
    if (!options.node.empty()) {
        if (const auto problem = config::node_name_problem(options.node))
            throw app::StartFailure(app::exit_usage, "--node: " + *problem);
    }
    const auto loaded = load_settings(line);
    refuse_problems(loaded, &concerns_prefix);
    const auto& prefix = loaded.settings.queue_prefix;
    json::Writer writer;
    writer.begin_array();
    for (const auto& user :
         {queue::node_user(prefix, options.node), queue::producer_user(prefix)}) {
        const auto text = line_for(user, options.passwords ? ">" + make_secret() : placeholder);
        writer.begin_object()
            .member("user", user.name)
            .member("for", user.about)
            .member("line", text)
            .end_object();
        if (!line.json) print_line(text);
    }
    if (line.json) print_line(writer.end_array().text());
    if (!options.passwords) {
        std::fprintf(stderr,
                     "Put a password in the place of each %s, with the > before it, or use "
                     "--passwords.\nGive the lines to redis-cli as an administrator, then ACL SAVE "
                     "or CONFIG REWRITE.\n",
                     placeholder);
    }
    return app::exit_done;
}

}  // namespace

void add_redis_acl(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "redis-acl", "Print the Redis users for nodes and for producers, with the least rights");
    auto options = std::make_shared<Options>();
    command.add_option("--node", options->node,
                       "A user for this node alone, which cannot touch the jobs of another "
                       "(default: one user for all nodes)");
    command.add_flag("--passwords", options->passwords,
                     "With new random passwords, in the place of one to fill in");
    command.callback(
        [&line, options] { line.run = [&line, options] { return print_users(line, *options); }; });
}

}  // namespace nexus::cli
