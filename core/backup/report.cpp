#include "backup/report.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace nexus::backup {
namespace {

using tenants::TenantEvent;

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

void write_part(json::Writer& writer, const Part& part) {
    writer.begin_object()
        .member("name", to_string(part.name))
        .member("status", to_string(part.status))
        .member("consistency", to_string(part.consistency));
    if (part.status == PartStatus::failed) {
        writer.member("reason", part.reason).member("error", part.error).end_object();
        return;
    }
    writer.member("unchanged", part.unchanged)
        .member("bytes", part.tar_bytes)
        .member("entries", part.entries)
        .member("sha256", part.sha256)
        .begin_array("changed");
    for (const auto& file : part.changed)
        writer.value(file);
    writer.end_array().end_object();
}

TenantEvent failed_event(const TenantId& tenant, const std::string& reason,
                         const std::string& message, const std::string& snapshot,
                         const std::string& job_id, WallTime at) {
    json::Writer payload;
    payload.begin_object().member("reason", reason).member("message", message);
    if (!snapshot.empty()) payload.member("snapshot", snapshot);
    if (!job_id.empty()) payload.member("job_id", job_id);
    return {tenant, "backup.failed", payload.end_object().text(), at};
}

}  // namespace

std::int64_t tar_bytes(const TenantBackup& backup) noexcept {
    std::int64_t bytes = 0;
    for (const auto& part : backup.parts)
        bytes += part.tar_bytes;
    return bytes;
}

std::int64_t changed_files(const TenantBackup& backup) noexcept {
    std::size_t files = 0;
    for (const auto& part : backup.parts)
        files += part.changed.size();
    return static_cast<std::int64_t>(files);
}

void write_parts(json::Writer& writer, const TenantBackup& backup) {
    writer.member("pause_ms", backup.pause_ms).begin_array("parts");
    for (const auto& part : backup.parts)
        write_part(writer, part);
    writer.end_array();
}

std::string result_data(const Run& run, const TenantBackup& backup) {
    json::Writer writer;
    writer.begin_object()
        .member("snapshot", run.id)
        .member("bytes", tar_bytes(backup))
        .member("bytes_written", run.bytes_written)
        .member("seconds", seconds(run.finished_at - run.started_at));
    write_parts(writer, backup);
    return writer.end_object().text();
}

TenantEvent event_of(const Run& run, const TenantBackup& backup) {
    const auto failed =
        std::find_if(backup.parts.begin(), backup.parts.end(),
                     [](const Part& part) { return part.status == PartStatus::failed; });
    if (failed != backup.parts.end()) {
        return failed_event(backup.tenant, failed->reason,
                            std::string(to_string(failed->name)) + ": " + failed->error, run.id,
                            run.job_id, run.finished_at);
    }
    json::Writer payload;
    payload.begin_object()
        .member("snapshot", run.id)
        .member("bytes", tar_bytes(backup))
        .member("seconds", seconds(run.finished_at - run.started_at))
        .member("pause_seconds", seconds(std::chrono::milliseconds(backup.pause_ms)))
        .member("torn_files", changed_files(backup));
    if (!run.job_id.empty()) payload.member("job_id", run.job_id);
    return {backup.tenant, "backup.completed", payload.end_object().text(), run.finished_at};
}

TenantEvent failed_event(const TenantId& tenant, const Failure& failure, const std::string& job_id,
                         WallTime at) {
    return failed_event(tenant, std::string(to_string(failure.code())), failure.what(), "", job_id,
                        at);
}

}  // namespace nexus::backup
