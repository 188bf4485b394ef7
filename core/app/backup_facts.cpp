#include "app/backup_facts.hpp"

#include <algorithm>
#include <set>

#include "backup/report.hpp"
#include "base/failure.hpp"

namespace nexus::app {
namespace {

void add(const backup::TenantBackup& backup, http::BackupRunMetrics& metrics) {
    const std::chrono::milliseconds paused(backup.pause_ms);
    metrics.paused += paused;
    metrics.longest_pause = std::max(metrics.longest_pause, paused);
    metrics.size_bytes += backup::tar_bytes(backup);
    metrics.torn_files += backup::changed_files(backup);
    ++metrics.tenants[std::string(to_string(backup.status()))];
    for (const auto& part : backup.parts) {
        if (part.status == backup::PartStatus::failed) ++metrics.failures[part.reason];
    }
}

}  // namespace

bool BackupFacts::is_verified(const backup::RunStore& runs, const std::string& id) const {
    try {
        const auto verification = runs.verification(id);
        return verification && verification->ok;
    } catch (const Failure& failure) {
        log_.debug("a verification cannot be read, and does not count",
                   {{"snapshot", id}, {"message", failure.what()}});
        return false;
    }
}

BackupFacts::Known BackupFacts::summary(const backup::RunStore& runs, const std::string& id) const {
    try {
        const auto run = runs.load(id);
        if (!run || !run->scope.empty() || run->node != node_) return std::nullopt;
        Summary summary;
        summary.metrics.began = run->started_at;
        summary.metrics.time = run->finished_at - run->started_at;
        summary.metrics.written_bytes = run->bytes_written;
        for (const auto& backup : run->tenants)
            add(backup, summary.metrics);
        const auto& tenants = summary.metrics.tenants;
        summary.has_every = tenants.count("failed") == 0;
        summary.complete = summary.has_every && tenants.count("torn") == 0;
        return summary;
    } catch (const Failure& failure) {
        log_.error("a backup cannot be read, and does not count",
                   {{"snapshot", id}, {"message", failure.what()}});
        return std::nullopt;
    }
}

http::BackupMetrics BackupFacts::read(const backup::RunStore& runs) {
    http::BackupMetrics metrics;
    const auto ids = runs.list();
    const std::set<std::string> existing(ids.begin(), ids.end());
    std::erase_if(known_, [&](const auto& entry) { return existing.count(entry.first) == 0; });
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        auto known = known_.find(*id);
        if (known == known_.end()) known = known_.emplace(*id, summary(runs, *id)).first;
        if (!known->second) continue;
        const auto& [run, complete, has_every] = *known->second;
        if (!metrics.last_run) metrics.last_run = run;
        if (complete) metrics.last_success = std::max(metrics.last_success, run.began);
        const bool verified =
            has_every && metrics.last_verified == WallTime{} && is_verified(runs, *id);
        if (verified) metrics.last_verified = run.began;
        if (metrics.last_success != WallTime{} && metrics.last_verified != WallTime{}) break;
    }
    return metrics;
}

}  // namespace nexus::app
