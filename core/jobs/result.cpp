#include "jobs/result.hpp"

#include "base/json.hpp"

namespace nexus::jobs {
namespace {

void write_text(json::Writer& writer, std::string_view name, const std::string& text) {
    writer.key(name);
    if (text.empty()) {
        writer.null();
    } else {
        writer.value(text);
    }
}

void write_time(json::Writer& writer, std::string_view name, const std::optional<WallTime>& time) {
    write_text(writer, name, time ? format_timestamp(*time) : "");
}

void write_error(json::Writer& writer, const std::optional<Failure>& error) {
    writer.key("error");
    if (!error) {
        writer.null();
        return;
    }
    writer.begin_object()
        .member("code", to_string(error->code()))
        .member("message", error->what())
        .member("retryable", error->retryable())
        .end_object();
}

}  // namespace

std::string_view to_string(Status status) noexcept {
    switch (status) {
        case Status::succeeded:
            return "succeeded";
        case Status::failed:
            return "failed";
        case Status::cancelled:
            break;
    }
    return "cancelled";
}

std::string to_json(const Result& result) {
    json::Writer writer;
    writer.begin_object().member("job_id", result.job_id);
    write_text(writer, "tenant_id", result.tenant_id);
    write_text(writer, "action", result.action);
    writer.member("status", to_string(result.status));
    write_text(writer, "detail", result.detail);
    write_error(writer, result.error);
    writer.member("attempts", result.attempts).member("node", result.node);
    write_time(writer, "queued_at", result.queued_at);
    write_time(writer, "started_at", result.started_at);
    write_time(writer, "finished_at", result.finished_at);
    return writer.key("data").raw(result.data).end_object().text();
}

tenants::TenantEvent error_event(const config::TenantId& tenant, const Failure& failure,
                                 WallTime at) {
    json::Writer payload;
    payload.begin_object()
        .member("error", to_string(failure.code()))
        .member("message", failure.what())
        .end_object();
    return {tenant, "runtime.error", payload.text(), at};
}

}  // namespace nexus::jobs
