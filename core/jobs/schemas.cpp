#include "jobs/schemas.hpp"

#include <map>

#include "schema_files.hpp"

namespace nexus::jobs {

std::string_view job_schema_text() {
    return embedded_schema("job");
}

std::string_view payload_schema_text(Action action) {
    return embedded_schema(to_string(action));
}

void check_job(const json::Value& job) {
    static const json::Schema schema(job_schema_text());
    schema.check(job);
}

void check_payload(Action action, const json::Value& payload) {
    static const auto schemas = [] {
        std::map<Action, json::Schema> compiled;
        for (const Action each : all_actions)
            compiled.emplace(each, payload_schema_text(each));
        return compiled;
    }();
    schemas.at(action).check(payload, "/payload");
}

}  // namespace nexus::jobs
