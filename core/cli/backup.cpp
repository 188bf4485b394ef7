// backup: every tenant of the node, or those that are named; and which backups there are.
#include <chrono>
#include <cstdio>
#include <set>

#include "app/backup_exit.hpp"
#include "backup/report.hpp"
#include "backup/run_store.hpp"
#include "base/json.hpp"
#include "cli/backup_list.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/off_site.hpp"
#include "cli/printable.hpp"
#include "cli/progress_line.hpp"
#include "cli/tenant_argument.hpp"
#include "cli/with_backup.hpp"

namespace nexus::cli {
namespace {

using backup::PartStatus;
using backup::Run;
using backup::TenantBackup;
using backup::TenantId;

struct Asked {
    std::vector<std::string> tenants;  // none: all
    bool full = false;
    bool wait = false;
    bool list = false;
};

// What was made, and what could not be.
struct Outcome {
    std::vector<Run> runs;
    std::int64_t failures = 0;
    std::int64_t not_sent = 0;     // off-site, of tenants
    std::optional<Failure> first;  // of a tenant of which there is no run
    double seconds = 0;
};

void print_trouble(const std::string& where, const std::string& what) {
    std::fprintf(stderr, "%s: %s\n", where.c_str(), printable(what).c_str());
}

std::string joined(const std::vector<std::string>& texts, const char* between) {
    std::string all;
    for (const auto& text : texts)
        all.append(all.empty() ? "" : between).append(text);
    return all;
}

// A line for each part that is not there, or is not of one moment.
void tell_troubles(const Run& run, Outcome& outcome) {
    for (const auto& tenant : run.tenants) {
        for (const auto& part : tenant.parts) {
            if (part.status == PartStatus::ok) continue;
            ++outcome.failures;
            print_trouble(tenant.tenant.text() + "/" + std::string(to_string(part.name)),
                          part.status == PartStatus::failed
                              ? part.error
                              : "changed while it was read: " + joined(part.changed, ", "));
        }
    }
}

void show(ProgressLine& line, const backup::Snapshot::Progress& progress) {
    const auto all = static_cast<std::int64_t>(progress.all);
    line.show("backup: " + std::to_string(progress.done) + " of " + counted(all, "tenant") + ", " +
              shown_bytes(progress.bytes) +
              (progress.failed == 0 ? "" : ", " + std::to_string(progress.failed) + " failed"));
}

void keep(const app::BackupTools& tools, Run run, int cancel_fd, Outcome& outcome) {
    tell_troubles(run, outcome);
    const auto sent = hand_over(tools, run, cancel_fd);
    outcome.not_sent += static_cast<std::int64_t>(sent.failed.size());
    outcome.runs.push_back(std::move(run));
}

void back_up_node(const app::BackupTools& tools, const Asked& asked, int cancel_fd,
                  Outcome& outcome) {
    const UniqueFd locked =
        lock_backup_dir(tools.dir, "nexus-runner backup", asked.wait, cancel_fd);
    ProgressLine line;
    auto run = tools.snapshot.of_node({asked.full}, cancel_fd,
                                      [&line](const auto& progress) { show(line, progress); });
    line.clear();
    keep(tools, std::move(run), cancel_fd, outcome);
}

// One that cannot be backed up at all keeps no other from it.
void back_up_one(const app::BackupTools& tools, const TenantId& tenant, const Asked& asked,
                 int cancel_fd, Outcome& outcome) {
    try {
        keep(tools, tools.snapshot.of_one(tenant, {asked.full}, cancel_fd, [](const auto&) {}),
             cancel_fd, outcome);
    } catch (const Failure& failure) {
        if (failure.code() == ErrorCode::cancelled) throw;
        ++outcome.failures;
        if (!outcome.first) outcome.first = failure;
        print_trouble(tenant.text(), failure.what());
    }
}

Outcome make(const app::BackupTools& tools, const std::set<TenantId>& tenants, const Asked& asked,
             int cancel_fd) {
    const auto begun = std::chrono::steady_clock::now();
    Outcome outcome;
    if (tenants.empty()) back_up_node(tools, asked, cancel_fd, outcome);
    for (const auto& tenant : tenants)
        back_up_one(tools, tenant, asked, cancel_fd, outcome);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    outcome.seconds = took.count();
    return outcome;
}

struct Totals {
    std::vector<std::string> ids;
    std::int64_t tenants = 0;
    std::int64_t bytes = 0;  // of tars
    std::int64_t written = 0;
};

Totals totals_of(const std::vector<Run>& runs) {
    Totals totals;
    for (const auto& run : runs) {
        totals.ids.push_back(run.id);
        totals.tenants += static_cast<std::int64_t>(run.tenants.size());
        totals.written += run.bytes_written;
        for (const auto& tenant : run.tenants)
            totals.bytes += tar_bytes(tenant);
    }
    return totals;
}

// What scripts read: one line, whatever happened.
void print_line_of(const Outcome& outcome) {
    const Totals totals = totals_of(outcome.runs);
    std::printf("snapshot=%s tenants=%lld bytes=%lld written=%lld seconds=%.3f failures=%lld\n",
                joined(totals.ids, ",").c_str(), static_cast<long long>(totals.tenants),
                static_cast<long long>(totals.bytes), static_cast<long long>(totals.written),
                outcome.seconds, static_cast<long long>(outcome.failures + outcome.not_sent));
    std::fflush(stdout);
}

void print_json(const Outcome& outcome) {
    const Totals totals = totals_of(outcome.runs);
    json::Writer writer;
    writer.begin_object()
        .member("snapshot", joined(totals.ids, ","))
        .member("tenants", totals.tenants)
        .member("bytes", totals.bytes)
        .member("written", totals.written)
        .member("seconds", outcome.seconds)
        .member("failures", outcome.failures + outcome.not_sent)
        .begin_array("results");
    for (const auto& run : outcome.runs) {
        for (const auto& tenant : run.tenants) {
            writer.begin_object()
                .member("snapshot", run.id)
                .member("tenant", tenant.tenant.text())
                .member("status", to_string(tenant.status()));
            write_parts(writer, tenant);
            writer.end_object();
        }
    }
    print_line(writer.end_array().end_object().text());
}

int back_up(const CommandLine& line, const Asked& asked) {
    std::set<TenantId> tenants;
    for (const auto& text : asked.tenants)
        tenants.insert(tenant_argument("TENANT", text));
    return with_backup_tools(line, [&](app::BackupTools& tools, int cancel_fd) -> int {
        const Outcome outcome = make(tools, tenants, asked, cancel_fd);
        if (outcome.runs.empty()) {
            const auto code = outcome.first->code();
            return code == ErrorCode::backend_unavailable ? app::exit_unreachable
                                                          : app::exit_failed;
        }
        line.json ? print_json(outcome) : print_line_of(outcome);
        if (outcome.failures > 0) return app::exit_partial;
        return outcome.not_sent > 0 ? app::exit_offsite : app::exit_done;
    });
}

}  // namespace

void add_backup(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "backup", "Back up every tenant of this node, beside the daemon or without it");
    auto asked = std::make_shared<Asked>();
    command.add_option("TENANT", asked->tenants, "These only, each as a backup of its own");
    command.add_flag("--full", asked->full, "Read also what did not change since the last one");
    command.add_flag("--wait", asked->wait,
                     "Wait where another backup or prune is at work, instead of exit code 5");
    const auto list = command.add_flag("--list", asked->list, "Show the backups that there are");
    list.excludes("TENANT").excludes("--full").excludes("--wait");
    command.footer(
        "At the end one line: snapshot=ID tenants=N bytes=N written=N seconds=N failures=N, where\n"
        "bytes are those of the tars before compression, written what was added to BACKUP_DIR, "
        "and\n"
        "failures the parts that are missing or changed while they were read; each has a line of\n"
        "its own before. Where RESTIC_REPOSITORY is set, restic gets each tenant as well, and one\n"
        "that it did not take is a failure. Exit codes: 0 all good, 1 nothing was made, 3 made "
        "with\n"
        "failures, 5 another backup is at work, 6 complete here but not off-site, 69 the engine "
        "is\n"
        "not reachable.");
    command.callback([&line, asked] {
        line.run = [&line, asked] {
            return asked->list ? list_backups(line) : back_up(line, *asked);
        };
    });
}

}  // namespace nexus::cli
