#include "tenants/observed.hpp"

#include "base/json.hpp"

namespace nexus::tenants {
namespace {

void write_runtime(json::Writer& writer, const std::optional<ContainerState>& runtime) {
    writer.key("runtime");
    if (!runtime) {
        writer.null();
        return;
    }
    writer.begin_object()
        .member("id", runtime->id)
        .member("name", runtime->name)
        .member("image", runtime->image)
        .member("state", to_string(runtime->phase))
        .member("health", to_string(runtime->health))
        .member("exit_code", runtime->exit_code)
        .member("oom_killed", runtime->oom_killed)
        .member("started_at", runtime->started_at)
        .member("finished_at", runtime->finished_at)
        .member("restarts", runtime->restarts)
        .end_object();
}

void write_volume(json::Writer& writer, std::string_view name,
                  const std::optional<VolumeState>& volume) {
    writer.key(name);
    if (!volume) {
        writer.null();
        return;
    }
    writer.begin_object()
        .member("name", volume->name)
        .member("mountpoint", volume->mountpoint)
        .end_object();
}

}  // namespace

std::string health_data(const TenantRecord& record, const Observed& observed) {
    json::Writer writer;
    writer.begin_object()
        .member("desired", to_string(record.desired))
        .member("image", record.image)
        .member("generation", record.generation);
    write_runtime(writer, observed.runtime);
    writer.begin_object("volumes");
    write_volume(writer, "session", observed.session);
    write_volume(writer, "state", observed.state);
    return writer.end_object().end_object().text();
}

}  // namespace nexus::tenants
