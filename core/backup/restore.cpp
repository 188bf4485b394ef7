#include "backup/restore.hpp"

#include "backup/current_failure.hpp"
#include "backup/restore_attempt.hpp"
#include "base/kill_point.hpp"

namespace nexus::backup {

using tenants::JobContext;

Restore::Restore(Parts parts, const config::Settings& settings, Log& log)
    : parts_(parts),
      settings_(settings),
      log_(log),
      blobs_(parts.dir),
      runs_(parts.dir),
      settler_({parts.backend, parts.store, parts.lifecycle, parts.journal}, settings, log) {}

Restore::Report Restore::run(const Request& request, JobContext& context) {
    return as_failure([&] {
        settle(context);
        const UniqueFd shared = parts_.dir.share_blobs(context.cancel_fd());
        const Run run = runs_.find(request.source, request.snapshot);
        const TenantBackup& backup = backup_in(run, request.source);
        Attempt attempt(*this, backup, context);
        attempt.look();
        Report report;
        report.snapshot = run.id;
        for (const auto& part : backup.parts) {
            report.bytes += part.tar_bytes;
            report.entries += part.entries;
        }
        try {
            attempt.unpack();
            attempt.prepare_record();
            attempt.exchange();
            report.events = bring_up(context);
            NEXUS_KILL_POINT("after_restored_runs");
        } catch (const std::exception&) {
            const Failure failure = current_failure();
            throw Failure(failure.code(), failure.what() + settler_.take_back(context),
                          failure.retryable(), failure.data());
        }
        clear(context);
        report.notes = attempt.take_notes();
        log_.info("restored a tenant",
                  {{"tenant", context.tenant().text()}, {"snapshot", report.snapshot}});
        return report;
    });
}

// The entry of a pause that may still come stays, and this one's would take its place.
void Restore::settle(JobContext& context) {
    settler_.settle(context);
    if (!parts_.journal.has(context.tenant())) return;
    throw Failure(ErrorCode::conflict,
                  "the engine has not answered a backup that wanted to pause the runtime, and may "
                  "pause it yet; try again in two minutes",
                  true);
}

// However long the content took, a runtime that does not come up is not waited for as long.
std::vector<tenants::TenantEvent> Restore::bring_up(const JobContext& context) {
    JobContext starting(context.job(), context.tenant(), settings_.job_timeout, context.deadline(),
                        context.cancel_fd(), context.permit());
    return parts_.lifecycle.bring_up(starting).events;
}

const TenantBackup& Restore::backup_in(const Run& run, const TenantId& tenant) {
    const TenantBackup* backup = run.find(tenant);
    if (backup != nullptr && backup->find(PartName::folder) != nullptr) return *backup;
    throw Failure(ErrorCode::snapshot_corrupt, "run " + run.id + " holds no folder of tenant " +
                                                   tenant.text() + "; choose another one");
}

// The tenant is restored already: what is left over is removed by whoever settles next.
void Restore::clear(const JobContext& context) {
    try {
        constexpr std::chrono::minutes patience(10);
        settler_.finish(context.cleanup(patience));
    } catch (const std::exception& error) {
        log_.warning("what a restore replaced is still to be removed",
                     {{"tenant", context.tenant().text()}, {"message", error.what()}});
    }
}

}  // namespace nexus::backup
