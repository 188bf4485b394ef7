// restore --drill: whether tenants could be restored.
#include <cstdio>

#include "app/backup_exit.hpp"
#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "cli/client.hpp"
#include "cli/off_site.hpp"
#include "cli/progress_line.hpp"
#include "cli/restore.hpp"
#include "cli/tenant_argument.hpp"

namespace nexus::cli {
namespace {

using backup::TenantId;

class Drilling {
  public:
    Drilling(const CommandLine& line, app::BackupTools& tools, const RestoreAsked& asked,
             int cancel_fd)
        : tools_(tools), asked_(asked), json_(line.json), cancel_fd_(cancel_fd) {
        writer_.begin_object();
    }

    int run() { return asked_.off_site ? run_off_site() : run_here(); }

  private:
    int run_here() {
        const backup::RunStore runs(tools_.dir);
        const auto run = asked_.tenant.empty()
                             ? run_of_node(tools_, asked_.snapshot)
                             : runs.find(tenant_argument("TENANT", asked_.tenant), asked_.snapshot);
        writer_.member("snapshot", run.id).begin_array("tenants");
        std::size_t all = 0;
        for (const auto& backup : run.tenants) {
            if (!asked_.tenant.empty() && backup.tenant.text() != asked_.tenant) continue;
            if (is_cancelled(cancel_fd_)) break;
            progress_.show(run.id + ": " + backup.tenant.text());
            ++all;
            drill(run, backup);
        }
        note(runs, run, all);
        return end(run.id);
    }

    // Nothing is noted of the runs here: what was looked at are copies.
    int run_off_site() {
        const auto tenants = asked_.tenant.empty()
                                 ? tenants_of_node(tools_, asked_, cancel_fd_)
                                 : std::vector<TenantId>{tenant_argument("TENANT", asked_.tenant)};
        writer_.member("snapshot", asked_.snapshot).begin_array("tenants");
        for (const auto& tenant : tenants) {
            if (is_cancelled(cancel_fd_)) break;
            drill_copy(tenant);
        }
        return end("the copies off-site, " + asked_.snapshot);
    }

    void drill_copy(const TenantId& tenant) {
        try {
            const auto copy = fetch(tools_, tenant, asked_.snapshot, cancel_fd_, progress_);
            in_turn(tools_, tenant, cancel_fd_, [&](tenants::JobContext& context) {
                drilled(
                    tenant,
                    tools_.restore_from(copy->dir()).drill({tenant, copy->snapshot()}, context));
            });
        } catch (const Failure& failure) {
            failed(tenant, failure);
            if (failure.code() == ErrorCode::snapshot_corrupt)
                problems_.push_back(tenant.text() + ": " + failure.what());
        }
    }

    void drill(const backup::Run& run, const backup::TenantBackup& backup) {
        // What is missing of it was told by the backup, and is in no way wrong.
        if (backup.status() == backup::PartStatus::failed) {
            failed(backup.tenant,
                   {ErrorCode::snapshot_not_found, "run " + run.id + " does not hold all of it"});
            return;
        }
        try {
            in_turn(tools_, backup.tenant, cancel_fd_, [&](tenants::JobContext& context) {
                drilled(backup.tenant, tools_.restore.drill({backup.tenant, run.id}, context));
            });
        } catch (const Failure& failure) {
            failed(backup.tenant, failure);
        }
    }

    void drilled(const TenantId& tenant, const backup::Restore::DrillReport& report) {
        ++drilled_;
        for (const auto& problem : report.problems)
            problems_.push_back(tenant.text() + ": " + problem);
        writer_.begin_object()
            .member("tenant_id", tenant.text())
            .member("drilled", true)
            .member("bytes", report.bytes)
            .member("entries", report.entries)
            .member("databases", report.databases);
        write_texts(writer_, "notes", report.notes);
        write_texts(writer_, "problems", report.problems);
        writer_.end_object();
        progress_.clear();
        for (const auto& note : report.notes)
            print_trouble(tenant, note);
        for (const auto& problem : report.problems)
            print_trouble(tenant, problem);
        if (json_ || !report.problems.empty()) return;
        print_line(tenant.text() + ": could be restored, " + counted(report.entries, "file") +
                   ", " + shown_bytes(report.bytes) + ", " + counted(report.databases, "database"));
    }

    void failed(const TenantId& tenant, const Failure& failure) {
        ++failed_;
        writer_.begin_object().member("tenant_id", tenant.text()).member("drilled", false);
        write_failure(writer_, failure);
        writer_.end_object();
        progress_.clear();
        print_trouble(tenant, failure.what());
    }

    // That a run is good is said of all of it; that it is not, of any part.
    void note(const backup::RunStore& runs, const backup::Run& run, std::size_t looked_at) {
        const bool whole = looked_at == run.tenants.size() && failed_ == 0;
        if (problems_.empty() && !whole) return;
        runs.note(run.id, {wall_now(), problems_.empty(), "drill", problems_});
    }

    int end(const std::string& of_what) {
        progress_.clear();
        if (json_) {
            print_line(writer_.end_array()
                           .member("ok", problems_.empty() && failed_ == 0)
                           .end_object()
                           .text());
        } else if (asked_.tenant.empty()) {
            print_line("drill of " + of_what + ": " +
                       counted(static_cast<std::int64_t>(drilled_), "tenant") + ", " +
                       counted(static_cast<std::int64_t>(problems_.size()), "problem") + ", " +
                       std::to_string(failed_) + " not looked at");
        }
        if (!problems_.empty()) return app::exit_mismatch;
        if (failed_ > 0) return drilled_ > 0 ? app::exit_partial : app::exit_failed;
        return is_cancelled(cancel_fd_) ? app::exit_failed : app::exit_done;
    }

    app::BackupTools& tools_;
    const RestoreAsked& asked_;
    const bool json_;
    const int cancel_fd_;
    ProgressLine progress_;
    json::Writer writer_;
    std::size_t drilled_ = 0;
    std::size_t failed_ = 0;  // could not be looked at
    std::vector<std::string> problems_;
};

}  // namespace

int drill_tenants(const CommandLine& line, app::BackupTools& tools, const RestoreAsked& asked,
                  int cancel_fd) {
    return Drilling(line, tools, asked, cancel_fd).run();
}

}  // namespace nexus::cli
