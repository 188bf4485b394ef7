// How a job ended, as its producer reads it. Threads: plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "base/timestamp.hpp"
#include "tenants/event.hpp"

namespace nexus::jobs {

enum class Status { succeeded, failed, cancelled };

std::string_view to_string(Status status) noexcept;

struct Result {
    std::string job_id;
    std::string tenant_id;  // empty where it could not be read
    std::string action;     // likewise
    Status status = Status::succeeded;
    std::string detail;
    std::optional<Failure> error;
    int attempts = 0;
    std::string node;
    std::optional<WallTime> queued_at;
    std::optional<WallTime> started_at;  // nothing where it never began
    WallTime finished_at{};
    std::string data = "{}";
};

// The document of protocol.md; members that have no value are null.
std::string to_json(const Result& result);

// The `runtime.error` event of a job that failed.
tenants::TenantEvent error_event(const config::TenantId& tenant, const Failure& failure,
                                 WallTime at);

}  // namespace nexus::jobs
