#include "tenants/runtime_spec.hpp"

#include <Poco/SHA2Engine.h>

#include <cmath>

#include "base/json.hpp"

namespace nexus::tenants {
namespace {

constexpr std::int64_t nofile_limit = 4096;  // a chat bridge's sockets and files with room to spare
constexpr std::int64_t log_file_bytes = 10 << 20;  // tenants.md: log rotation 10 MB × 3
constexpr std::int64_t log_files = 3;

std::string object_name(const TenantId& tenant, std::string_view part) {
    return "tenant_" + tenant.text() + "_" + std::string(part);
}

void write_strings(json::Writer& writer, std::string_view name,
                   const std::vector<std::string>& strings) {
    writer.begin_array(name);
    for (const auto& text : strings)
        writer.value(text);
    writer.end_array();
}

// What makes one container another, in one text.
std::string canonical(const ContainerSpec& spec) {
    json::Writer writer;
    writer.begin_object().member("image", spec.image).member("env", spec.env);
    writer.begin_array("volumes");
    for (const auto& mount : spec.volumes)
        writer.value(mount.volume).value(mount.target);
    writer.end_array().begin_array("binds");
    for (const auto& bind : spec.binds) {
        writer.value(bind.source).value(bind.target).value(bind.read_only);
    }
    writer.end_array().member("network", spec.network);
    write_strings(writer, "tmpfs", spec.tmpfs);
    write_strings(writer, "add_capabilities", spec.add_capabilities);
    return writer.member("memory_bytes", spec.memory_bytes)
        .member("nano_cpus", spec.nano_cpus)
        .member("pids", spec.pids)
        .member("nofile", spec.nofile)
        .member("read_only_root", spec.read_only_root)
        .member("stop_timeout_seconds", spec.stop_timeout_seconds)
        .member("log_max_bytes", spec.log_max_bytes)
        .member("log_max_files", spec.log_max_files)
        .end_object()
        .text();
}

std::string hash_of(const ContainerSpec& spec) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(canonical(spec));
    return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace

std::string runtime_name(const TenantId& tenant) {
    return object_name(tenant, "runtime");
}
std::string previous_name(const TenantId& tenant) {
    return object_name(tenant, "previous");
}
std::string session_volume(const TenantId& tenant) {
    return object_name(tenant, "session");
}
std::string state_volume(const TenantId& tenant) {
    return object_name(tenant, "state");
}
std::string network_name(const TenantId& tenant) {
    return object_name(tenant, "net");
}

Labels identity(const TenantId& tenant, const std::string& node) {
    return {{tenant_label, tenant.text()}, {node_label, node}};
}

ContainerSpec runtime_spec(const TenantRecord& record, const Environment& env,
                           const std::string& config_path, const config::Settings& settings) {
    using std::chrono::duration_cast;
    constexpr double nano = 1e9;
    ContainerSpec spec;
    spec.name = runtime_name(record.tenant_id);
    spec.image = record.image;
    spec.env = env;
    spec.volumes = {{session_volume(record.tenant_id), "/data/session"},
                    {state_volume(record.tenant_id), "/data/state"}};
    spec.binds = {{config_path, "/data/config", false}};
    spec.network = record.network.name;
    spec.tmpfs = {"/tmp"};
    // To an engine zero is no limit, and a record that was written by hand may have none.
    const Limits& limits = record.limits;
    spec.memory_bytes = limits.memory_bytes > 0 ? limits.memory_bytes : settings.runtime_memory;
    spec.nano_cpus = std::llround((limits.cpus > 0 ? limits.cpus : settings.runtime_cpus) * nano);
    spec.pids = limits.pids > 0 ? limits.pids : settings.runtime_pids;
    spec.nofile = nofile_limit;
    spec.read_only_root = settings.runtime_read_only;
    spec.stop_timeout_seconds = duration_cast<std::chrono::seconds>(settings.stop_timeout).count();
    spec.log_max_bytes = log_file_bytes;
    spec.log_max_files = log_files;
    spec.labels = identity(record.tenant_id, settings.node_name);
    spec.labels[generation_label] = std::to_string(record.generation);
    spec.labels[spec_label] = hash_of(spec);
    return spec;
}

}  // namespace nexus::tenants
