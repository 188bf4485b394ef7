// restore: tenants back from a backup, or a drill that they could be.
#include "cli/restore.hpp"

#include <poll.h>

#include <cstdio>

#include "app/start_failure.hpp"
#include "backup/run_store.hpp"
#include "base/random.hpp"
#include "cli/off_site.hpp"
#include "cli/printable.hpp"
#include "cli/with_backup.hpp"

namespace nexus::cli {
namespace {

constexpr const char* examples =
    "  nexus-runner restore acme                       as it was at the last backup\n"
    "  nexus-runner restore acme --snapshot 20261126T021500.123Z\n"
    "  nexus-runner restore acme --as acme-copy        beside it, under another id\n"
    "  nexus-runner restore --all                      every tenant that is not here: a new "
    "machine\n"
    "  nexus-runner restore --drill                    prove that all could be restored\n"
    "  nexus-runner restore --all --off-site           from restic, where BACKUP_DIR is lost too\n"
    "A tenant that is new on this node gets its place in Redis; --take-over takes it from a node\n"
    "that is lost. On any error a tenant is as it was.\n"
    "Exit codes: 0 done, 1 failed, 3 some tenants failed, 4 the backup is damaged, 69 the engine "
    "or\n"
    "Redis is not reachable.";

void require_sense(const RestoreAsked& asked) {
    const auto refuse = [](const char* problem) {
        throw app::StartFailure(app::exit_usage, problem);
    };
    if (asked.all && !asked.tenant.empty()) refuse("name a tenant or give --all, not both");
    if (!asked.all && !asked.drill && asked.tenant.empty()) refuse("name a tenant, or give --all");
    if (!asked.as.empty() && (asked.tenant.empty() || asked.drill)) {
        refuse("--as goes with the restore of one tenant that is named");
    }
    if (asked.drill && asked.take_over) refuse("--take-over goes with no --drill");
    if (!asked.node.empty() && (!asked.off_site || !asked.tenant.empty())) {
        refuse("--node says whose tenants all of them are, with --off-site");
    }
    if (asked.off_site) require_repository();
}

int restore(const CommandLine& line, const RestoreAsked& asked) {
    require_sense(asked);
    return with_backup_tools(line, [&](app::BackupTools& tools, int cancel_fd) {
        return asked.drill ? drill_tenants(line, tools, asked, cancel_fd)
                           : restore_tenants(line, tools, asked, cancel_fd);
    });
}

tenants::TurnLocks::Held take_turn(const app::BackupTools& tools, const backup::TenantId& tenant,
                                   int cancel_fd) {
    constexpr int between_looks = 100;  // milliseconds
    constexpr int most_looks = 600;
    for (int looks = 0; looks < most_looks; ++looks) {
        if (auto turn = tools.turns.try_take(tenant)) return std::move(*turn);
        if (looks == 0) print_trouble(tenant, "another process is at work on it; waiting");
        pollfd cancel{cancel_fd, POLLIN, 0};
        if (::poll(&cancel, 1, between_looks) > 0) {
            throw Failure(ErrorCode::cancelled, "cancelled while another process was at work");
        }
    }
    throw Failure(ErrorCode::conflict,
                  "another process is still at work on it after a minute; try again later", true);
}

// As long as it takes: whoever waits can end it.
tenants::JobContext without_hurry(const backup::TenantId& tenant, int cancel_fd) {
    constexpr std::chrono::hours far(24 * 365);
    return {{"restore-" + make_id(), 1, 1},
            tenant,
            far,
            tenants::JobContext::Clock::now() + far,
            cancel_fd};
}

}  // namespace

backup::Run run_of_node(const app::BackupTools& tools, const std::string& snapshot) {
    const backup::RunStore runs(tools.dir);
    const auto ids = runs.list();
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        if (snapshot != "latest" && *id != snapshot) continue;
        auto run = runs.load(*id);
        // A machine that was backed up before its tenants were restored has none to restore.
        const bool is_of_node = run && run->scope.empty() && !run->tenants.empty();
        if (run && (is_of_node || snapshot != "latest")) return std::move(*run);
    }
    throw Failure(ErrorCode::snapshot_not_found,
                  snapshot == "latest" ? "BACKUP_DIR " + tools.dir.path() +
                                             " has no run of the whole node; make one: "
                                             "nexus-runner backup"
                                       : "there is no run " + snapshot + " in " + tools.dir.path());
}

std::vector<backup::TenantId> tenants_of_node(const app::BackupTools& tools,
                                              const RestoreAsked& asked, int cancel_fd) {
    if (asked.off_site) {
        const auto& node = asked.node.empty() ? tools.settings.node_name : asked.node;
        return backup::Offsite(tools.dir, cancel_fd).tenants(node, asked.snapshot);
    }
    std::vector<backup::TenantId> tenants;
    for (const auto& backup : run_of_node(tools, asked.snapshot).tenants)
        tenants.push_back(backup.tenant);
    return tenants;
}

void in_turn(app::BackupTools& tools, const backup::TenantId& tenant, int cancel_fd,
             const std::function<void(tenants::JobContext&)>& work) {
    const auto turn = take_turn(tools, tenant, cancel_fd);
    auto context = without_hurry(tenant, cancel_fd);
    work(context);
}

void write_failure(json::Writer& writer, const Failure& failure) {
    writer.begin_object("error")
        .member("code", to_string(failure.code()))
        .member("message", failure.what())
        .end_object();
}

void write_texts(json::Writer& writer, const char* name, const std::vector<std::string>& texts) {
    writer.begin_array(name);
    for (const auto& text : texts)
        writer.value(text);
    writer.end_array();
}

void print_trouble(const backup::TenantId& tenant, const std::string& text) {
    std::fprintf(stderr, "%s: %s\n", tenant.text().c_str(), printable(text).c_str());
}

void add_restore(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "restore", "Bring tenants back from a backup, or drill that it works");
    auto asked = std::make_shared<RestoreAsked>();
    command.add_option("TENANT", asked->tenant, "The tenant's id");
    command.add_option("--snapshot", asked->snapshot, "The id of a run, or latest (default)");
    command.add_option("--as", asked->as, "Restore it under this id, which is free");
    command.add_flag("--all", asked->all,
                     "Every tenant of the newest run of the node that is not here");
    command.add_flag("--drill", asked->drill,
                     "Restore into scratch volumes only, compare, look through SQLite files");
    command.add_flag("--take-over", asked->take_over,
                     "Take a tenant that another node had, which is down for good");
    command.add_flag("--off-site", asked->off_site,
                     "From the copies that restic keeps, as RESTIC_REPOSITORY says");
    command.add_option("--node", asked->node,
                       "With --off-site and no tenant: those of this node (default: NODE_NAME)");
    command.footer(examples);
    command.callback(
        [&line, asked] { line.run = [&line, asked] { return restore(line, *asked); }; });
}

}  // namespace nexus::cli
