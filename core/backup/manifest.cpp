#include "backup/manifest.hpp"

#include <algorithm>

#include "backup/manifest_format.hpp"
#include "base/json.hpp"

namespace nexus::backup {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void write_list(json::Writer& writer, std::string_view name, const std::vector<std::string>& list) {
    writer.begin_array(name);
    for (const auto& text : list)
        writer.value(text);
    writer.end_array();
}

void write_kept(json::Writer& writer, const Part& part) {
    writer.member("method", part.method);
    write_list(writer, "losses", part.losses);
    write_list(writer, "changed", part.changed);
    writer.member("sha256", part.sha256)
        .member("tar_bytes", part.tar_bytes)
        .member("blob_bytes", part.blob_bytes)
        .member("file_bytes", part.file_bytes)
        .member("entries", part.entries)
        .member("labels", part.labels)
        .member("fingerprint", part.fingerprint)
        .member("unchanged", part.unchanged)
        .member("read_at", format_timestamp(part.read_at));
    writer.key("verified_at");
    if (part.verified_at == WallTime{}) {
        writer.null();
    } else {
        writer.value(format_timestamp(part.verified_at));
    }
}

void write_part(json::Writer& writer, const Part& part) {
    writer.begin_object()
        .member("part", to_string(part.name))
        .member("status", to_string(part.status))
        .member("consistency", to_string(part.consistency));
    if (part.status == PartStatus::failed) {
        writer.member("reason", part.reason).member("error", part.error);
    } else {
        write_kept(writer, part);
    }
    writer.end_object();
}

void write_tenant(json::Writer& writer, const TenantBackup& backup) {
    writer.begin_object()
        .member("tenant", backup.tenant.text())
        .member("pause_ms", backup.pause_ms)
        .begin_array("parts");
    for (const auto& part : backup.parts)
        write_part(writer, part);
    writer.end_array().end_object();
}

}  // namespace

std::string_view to_string(PartName part) noexcept {
    switch (part) {
        case PartName::folder:
            return "folder";
        case PartName::session:
            return "session";
        case PartName::state:
            break;
    }
    return "state";
}

std::string_view to_string(PartStatus status) noexcept {
    switch (status) {
        case PartStatus::ok:
            return "ok";
        case PartStatus::torn:
            return "torn";
        case PartStatus::failed:
            break;
    }
    return "failed";
}

std::string_view to_string(Consistency consistency) noexcept {
    switch (consistency) {
        case Consistency::pause:
            return "pause";
        case Consistency::stop:
            return "stop";
        case Consistency::stopped:
            return "stopped";
        case Consistency::none:
            break;
    }
    return "none";
}

const Part* TenantBackup::find(PartName name) const noexcept {
    const auto found = std::find_if(parts.begin(), parts.end(),
                                    [name](const Part& part) { return part.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

PartStatus TenantBackup::status() const noexcept {
    PartStatus worst = PartStatus::ok;
    for (const auto& part : parts)
        worst = std::max(worst, part.status);
    return worst;
}

const TenantBackup* Run::find(const TenantId& tenant) const noexcept {
    const auto found =
        std::lower_bound(tenants.begin(), tenants.end(), tenant,
                         [](const TenantBackup& a, const TenantId& b) { return a.tenant < b; });
    return found == tenants.end() || found->tenant != tenant ? nullptr : &*found;
}

bool is_run_id(std::string_view text) noexcept {
    constexpr std::string_view shape = "########T######.###Z";
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                      [](char c, char like) { return like == '#' ? is_digit(c) : c == like; });
}

bool is_sha256(std::string_view text) noexcept {
    constexpr std::size_t digits = 64;
    return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f');
           });
}

std::string to_json(const Run& run) {
    json::Writer writer;
    writer.begin_object()
        .member("format", format_version)
        .member("snapshot", run.id)
        .member("node", run.node)
        .member("scope", run.scope)
        .member("job_id", run.job_id)
        .member("runner_version", run.runner_version)
        .member("backend", run.backend)
        .member("engine_version", run.engine_version)
        .member("started_at", format_timestamp(run.started_at))
        .member("finished_at", format_timestamp(run.finished_at))
        .member("bytes_written", run.bytes_written)
        .begin_array("tenants");
    for (const auto& tenant : run.tenants)
        write_tenant(writer, tenant);
    return writer.end_array().end_object().text();
}

std::string to_json(const Verification& verification) {
    json::Writer writer;
    writer.begin_object()
        .member("format", format_version)
        .member("at", format_timestamp(verification.at))
        .member("ok", verification.ok)
        .member("by", verification.by);
    write_list(writer, "problems", verification.problems);
    return writer.end_object().text();
}

}  // namespace nexus::backup
