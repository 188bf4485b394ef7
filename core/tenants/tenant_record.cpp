#include "tenants/tenant_record.hpp"

#include <array>

#include "base/json.hpp"

namespace nexus::tenants {
namespace {

constexpr int format_version = 1;

Desired parse_desired(const json::Reader& reader, std::string_view name) {
    const std::string text = reader.string(name);
    for (const Desired desired : {Desired::running, Desired::stopped, Desired::deleted}) {
        if (text == to_string(desired)) return desired;
    }
    throw json::Error(reader.pointer(name), "must be running, stopped or deleted");
}

WallTime parse_time(const json::Reader& reader, std::string_view name) {
    const auto time = parse_timestamp(reader.string(name));
    if (!time) throw json::Error(reader.pointer(name), "must be an RFC 3339 time");
    return *time;
}

std::optional<AppliedJob> parse_job(const json::Reader& record) {
    const auto reader = record.find_object("job");
    if (!reader) return std::nullopt;
    AppliedJob job{reader->string("id"), reader->integer("attempt"), reader->integer("starts")};
    job.stopped = reader->find_boolean("stopped").value_or(false);
    job.prepared = reader->find_boolean("prepared").value_or(false);
    job.restarted = reader->find_boolean("restarted").value_or(false);
    job.updated_from = reader->find_string("updated_from").value_or("");
    if (const auto refused = reader->find_object("refused")) {
        job.refused =
            Refusal{refused->string("image"), refused->string("problem"), refused->string("data")};
    }
    return job;
}

void write_job(json::Writer& writer, const AppliedJob& job) {
    writer.begin_object("job")
        .member("id", job.id)
        .member("attempt", job.attempt)
        .member("starts", job.starts)
        .member("stopped", job.stopped)
        .member("prepared", job.prepared)
        .member("restarted", job.restarted);
    if (!job.updated_from.empty()) writer.member("updated_from", job.updated_from);
    if (job.refused) {
        writer.begin_object("refused")
            .member("image", job.refused->image)
            .member("problem", job.refused->problem)
            .member("data", job.refused->data)
            .end_object();
    }
    writer.end_object();
}

}  // namespace

std::string_view to_string(Desired desired) noexcept {
    switch (desired) {
        case Desired::running:
            return "running";
        case Desired::stopped:
            return "stopped";
        case Desired::deleted:
            break;
    }
    return "deleted";
}

TenantRecord new_record(const TenantId& tenant, const config::Settings& settings, WallTime now) {
    TenantRecord record(tenant);
    record.limits = {settings.runtime_cpus, settings.runtime_memory, settings.runtime_pids};
    record.created_at = now;
    return record;
}

std::string to_json(const TenantRecord& record) {
    json::Writer writer;
    writer.begin_object()
        .member("v", format_version)
        .member("tenant_id", record.tenant_id.text())
        .member("generation", record.generation)
        .member("image", record.image)
        .member("desired", to_string(record.desired))
        .member("keep_volumes", record.keep_volumes)
        .member("volumes_made", record.volumes_made);
    if (!record.previous_image.empty()) {
        writer.member("previous_image", record.previous_image)
            .member("previous_desired", to_string(record.previous_desired));
    }
    writer.begin_object("limits")
        .member("cpus", record.limits.cpus)
        .member("memory_bytes", record.limits.memory_bytes)
        .member("pids", record.limits.pids)
        .end_object();
    writer.member("config_revision", record.config_revision);
    writer.begin_object("network")
        .member("name", record.network.name)
        .member("subnet", record.network.subnet)
        .end_object();
    if (record.job) {
        write_job(writer, *record.job);
    } else {
        writer.key("job").null();
    }
    writer.member("created_at", format_timestamp(record.created_at))
        .member("updated_at", format_timestamp(record.updated_at));
    return writer.end_object().text();
}

TenantRecord parse_record(std::string_view text, const TenantId& expected) {
    const auto document = json::parse(text, json::own_files);
    const json::Reader reader(document);
    if (reader.integer("v") != format_version) {
        throw json::Error("/v", "was written by another release; this one reads version " +
                                    std::to_string(format_version));
    }
    if (reader.string("tenant_id") != expected.text()) {
        throw json::Error("/tenant_id", "names another tenant than its folder, " + expected.text());
    }
    TenantRecord record(expected);
    record.generation = reader.integer("generation");
    record.image = reader.string("image");
    record.desired = parse_desired(reader, "desired");
    record.previous_image = reader.find_string("previous_image").value_or("");
    if (!record.previous_image.empty()) {
        record.previous_desired = parse_desired(reader, "previous_desired");
    }
    record.keep_volumes = reader.find_boolean("keep_volumes").value_or(true);
    record.volumes_made = reader.find_boolean("volumes_made").value_or(false);
    if (const auto limits = reader.find_object("limits")) {
        record.limits = {limits->find_number("cpus").value_or(0),
                         limits->find_integer("memory_bytes").value_or(0),
                         limits->find_integer("pids").value_or(0)};
    }
    record.config_revision = reader.find_string("config_revision").value_or("");
    if (const auto network = reader.find_object("network")) {
        record.network = {network->string("name"), network->string("subnet")};
    }
    record.job = parse_job(reader);
    record.created_at = parse_time(reader, "created_at");
    record.updated_at = parse_time(reader, "updated_at");
    return record;
}

}  // namespace nexus::tenants
