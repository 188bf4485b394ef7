#include "backup/snapshot_draft.hpp"

#include <algorithm>
#include <system_error>

namespace nexus::backup {

Failure not_here(const std::string& tenant, const std::string& node) {
    return {ErrorCode::tenant_not_found, "tenant " + tenant + " is not on node " + node};
}

Snapshot::Draft::Draft(const Snapshot& snapshot, std::string scope, std::string job_id,
                       const CallContext& call)
    : runs_(snapshot.runs_),
      log_(snapshot.log_),
      shared_blobs_(snapshot.parts_.dir.share_blobs(call.cancel_fd)) {
    run_.started_at = wall_now();
    run_.engine_version = snapshot.parts_.backend.info(call).engine_version;
    run_.node = snapshot.settings_.node_name;
    run_.scope = std::move(scope);
    run_.job_id = std::move(job_id);
    run_.runner_version = snapshot.runner_version_;
    run_.backend = snapshot.settings_.backend;
    run_.id = runs_.begin();
}

Snapshot::Draft::~Draft() {
    if (published_ || run_.id.empty()) return;
    try {
        runs_.abandon(run_.id);
    } catch (const std::exception& error) {
        log_.warning("the folder of a run that is not to exist cannot be removed; prune does it",
                     {{"snapshot", run_.id}, {"message", error.what()}});
    }
}

void Snapshot::Draft::add(Capture::Captured captured) {
    const auto& parts = captured.backup.parts;
    keeps_some_ = keeps_some_ || std::any_of(parts.begin(), parts.end(), [](const Part& part) {
                      return part.status != PartStatus::failed;
                  });
    if (!failure_) failure_ = captured.failure;
    run_.bytes_written += captured.bytes_written;
    run_.tenants.push_back(std::move(captured.backup));
}

Run Snapshot::Draft::publish() {
    if (failure_ && !keeps_some_) throw Failure(*failure_);
    if (run_.tenants.empty() && !run_.scope.empty()) throw not_here(run_.scope, run_.node);
    std::sort(run_.tenants.begin(), run_.tenants.end(),
              [](const TenantBackup& a, const TenantBackup& b) { return a.tenant < b.tenant; });
    run_.finished_at = wall_now();
    runs_.publish(run_);
    published_ = true;
    try {
        runs_.note(run_.id, {wall_now(), true, "backup", {}});
    } catch (const std::system_error& error) {
        log_.error(
            "a backup is whole, and it could not be noted that it was verified; run "
            "nexus-runner verify",
            {{"snapshot", run_.id}, {"message", error.what()}});
    }
    return std::move(run_);
}

}  // namespace nexus::backup
