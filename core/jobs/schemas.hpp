// The JSON Schemas of jobs: the files in core/jobs/schemas, built into the program. Threads: any.
#pragma once

#include <string_view>

#include "base/json.hpp"
#include "jobs/action.hpp"

namespace nexus::jobs {

// The file of the whole job, and of one action's payload.
std::string_view job_schema_text();
std::string_view payload_schema_text(Action action);

// Throw json::Error for the first place that does not fit.
void check_job(const json::Value& job);
void check_payload(Action action, const json::Value& payload);

}  // namespace nexus::jobs
