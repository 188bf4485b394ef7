// One job: from the bytes of a producer to a value that has been checked in full. Threads: plain
// values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/failure.hpp"
#include "base/json.hpp"
#include "base/timestamp.hpp"
#include "config/tenant_id.hpp"
#include "jobs/action.hpp"

namespace nexus::jobs {

// protocol.md: at most 1 MiB and 16 levels deep.
inline constexpr json::Limits job_limits{1U << 20U, 16};

// protocol.md, Delivery.
inline constexpr int default_attempts = 5;

struct Job {
    std::string id;
    Action action;
    config::TenantId tenant;
    std::string
        payload;  // JSON that fits the action's schema; as text, since thousands of jobs may wait
    std::optional<WallTime> deadline;
    std::optional<int> max_attempts;
    std::string reply_to;  // empty: nobody waits
    std::string node;      // empty: any

    int most_attempts() const noexcept { return max_attempts.value_or(default_attempts); }
};

// A job that will never run. `id`, `tenant_id`, `action` and `reply_to` are there where they could
// be read and are well-formed, so that whoever waits is told.
struct MalformedJob {
    ErrorCode code;       // invalid_job, or invalid_tenant_id
    std::string message;  // names the member by its JSON pointer
    std::string id;
    std::string tenant_id;
    std::string action;
    std::string reply_to;
};

// `prefix` is QUEUE_PREFIX. Never throws for what a producer wrote.
std::variant<Job, MalformedJob> parse_job(std::string_view bytes, const std::string& prefix);

}  // namespace nexus::jobs
