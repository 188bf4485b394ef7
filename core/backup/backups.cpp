#include "backup/backups.hpp"

#include "backup/backup_dir.hpp"
#include "backup/current_failure.hpp"
#include "backup/report.hpp"
#include "backup/restore.hpp"
#include "backup/settle.hpp"
#include "backup/snapshot.hpp"
#include "base/json.hpp"

namespace nexus::backup {

using tenants::JobContext;
using tenants::VerbResult;

Backups::Backups(Parts parts, const config::Settings& settings, std::string runner_version,
                 Log& log)
    : parts_(parts), settings_(settings), runner_version_(std::move(runner_version)), log_(log) {}

BackupDir Backups::open() const {
    try {
        return BackupDir(settings_.backup_dir);
    } catch (const std::system_error&) {
        const Failure why = current_failure();
        throw Failure(why.code(),
                      "BACKUP_DIR " + settings_.backup_dir + " cannot be used: " + why.what() +
                          "; see that its file system is mounted, has room, and lets the user that "
                          "runs nexus-runner write",
                      why.retryable());
    }
}

VerbResult Backups::back_up(JobContext& context) {
    const BackupDir dir = open();
    Snapshot snapshot({parts_.backend, parts_.store, dir, parts_.turns, parts_.journal}, settings_,
                      runner_version_, log_);
    const Run run = snapshot.of_tenant({}, context);
    const TenantBackup& backup = run.tenants.front();
    return {"backed_up", result_data(run, backup), {event_of(run, backup)}};
}

VerbResult Backups::restore(const std::string& snapshot, JobContext& context) {
    const auto begun = JobContext::Clock::now();
    const BackupDir dir = open();
    Restore restore(
        {parts_.backend, parts_.store, parts_.lifecycle, parts_.puller, dir, parts_.journal},
        settings_, log_);
    auto report = restore.run({context.tenant(), snapshot}, context);
    const std::chrono::duration<double> time = JobContext::Clock::now() - begun;
    json::Writer data;
    data.begin_object()
        .member("snapshot", report.snapshot)
        .member("bytes", report.bytes)
        .member("entries", report.entries)
        .member("seconds", time.count())
        .begin_array("notes");
    for (const auto& note : report.notes)
        data.value(note);
    data.end_array().end_object();
    return {"restored", data.text(), std::move(report.events)};
}

// It may have to read both volumes, and ends before anything else begins, whatever time that has.
void Backups::settle(JobContext& context) {
    if (!parts_.journal.has(context.tenant())) return;
    constexpr std::chrono::hours patience(1);
    const auto begun = JobContext::Clock::now();
    JobContext patient(context.job(), context.tenant(), patience, begun + patience,
                       context.cancel_fd(), context.permit());
    Settler({parts_.backend, parts_.store, parts_.lifecycle, parts_.journal}, settings_, log_)
        .settle(patient);
    for (auto& event : patient.take_events())
        context.tell(std::move(event));
    context.extend(JobContext::Clock::now() - begun);
}

}  // namespace nexus::backup
