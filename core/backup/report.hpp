// What is told of one tenant's backup: the result of a job, and the event. Threads: pure functions.
#pragma once

#include <string>

#include "backup/manifest.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "tenants/event.hpp"

namespace nexus::backup {

// Adds "pause_ms" and "parts".
void write_parts(json::Writer& writer, const TenantBackup& backup);

// A JSON object, for a result's `data`.
std::string result_data(const Run& run, const TenantBackup& backup);

// `backup.completed`, or `backup.failed` where a part is missing. What was torn is in the former.
tenants::TenantEvent event_of(const Run& run, const TenantBackup& backup);

// `backup.failed` where there is no run that could be named.
tenants::TenantEvent failed_event(const TenantId& tenant, const Failure& failure,
                                  const std::string& job_id, WallTime at);

// Of all its parts, before compression.
std::int64_t tar_bytes(const TenantBackup& backup) noexcept;
std::int64_t changed_files(const TenantBackup& backup) noexcept;

}  // namespace nexus::backup
