// run.json and verified.json, which may be damaged or a lie, as values.
#include <algorithm>
#include <limits>
#include <span>

#include "backup/manifest.hpp"
#include "backup/manifest_format.hpp"

namespace nexus::backup {
namespace {

// What every reader of JSON keeps exactly.
constexpr std::int64_t largest_number = (std::int64_t{1} << 53U) - 1;

template <typename Choice>
Choice parse_choice(const json::Reader& reader, std::string_view name,
                    std::span<const Choice> choices) {
    const std::string text = reader.string(name);
    std::string words;
    for (const Choice choice : choices) {
        if (text == to_string(choice)) return choice;
        words.append(words.empty() ? "" : ", ").append(to_string(choice));
    }
    throw json::Error(reader.pointer(name), "must be one of " + words);
}

WallTime parse_time(const json::Reader& reader, std::string_view name) {
    const auto time = parse_timestamp(reader.string(name));
    if (!time) throw json::Error(reader.pointer(name), "must be an RFC 3339 time");
    return *time;
}

std::int64_t parse_size(const json::Reader& reader, std::string_view name, std::int64_t most) {
    const std::int64_t size = reader.integer(name);
    if (size < 0 || size > most) {
        throw json::Error(reader.pointer(name), "must be from 0 to " + std::to_string(most));
    }
    return size;
}

// Of several sizes of a run the sum is bounded too: whoever adds them up stays within 64 bits.
struct Room {
    std::int64_t tar_bytes = largest_number;
    std::int64_t blob_bytes = largest_number;
    std::int64_t entries = largest_number;
};

std::int64_t take_size(const json::Reader& reader, std::string_view name, std::int64_t& room) {
    const std::int64_t size = parse_size(reader, name, room);
    room -= size;
    return size;
}

TenantId parse_tenant_id(const std::string& text, const std::string& pointer) {
    if (auto tenant = TenantId::parse(text)) return *tenant;
    throw json::Error(pointer, "is no tenant id");
}

// Calls `take` for each element of a member that must be a list.
template <typename Take>
void for_each(const json::Reader& reader, std::string_view name, Take take) {
    const auto* list = reader.find(name);
    const std::string pointer = reader.pointer(name);
    if (list == nullptr || !list->IsArray()) throw json::Error(pointer, "must be a list");
    rapidjson::SizeType index = 0;
    for (const auto& element : list->GetArray())
        take(element, json::step(pointer, std::to_string(index++)));
}

std::vector<std::string> parse_texts(const json::Reader& reader, std::string_view name) {
    std::vector<std::string> texts;
    for_each(reader, name, [&](const json::Value& element, const std::string& pointer) {
        if (!element.IsString()) throw json::Error(pointer, "must be a string");
        texts.emplace_back(element.GetString(), element.GetStringLength());
    });
    return texts;
}

std::string parse_reason(const json::Reader& reader, std::string_view name) {
    std::string text = reader.string(name);
    if (text.empty()) throw json::Error(reader.pointer(name), "says nothing of a failed part");
    return text;
}

void parse_kept(const json::Reader& reader, Part& part, Room& room) {
    part.method = reader.string("method");
    part.losses = parse_texts(reader, "losses");
    part.changed = parse_texts(reader, "changed");
    part.sha256 = reader.string("sha256");
    if (!is_sha256(part.sha256)) {
        throw json::Error(reader.pointer("sha256"), "must be 64 digits of 0-9 and a-f");
    }
    part.tar_bytes = take_size(reader, "tar_bytes", room.tar_bytes);
    part.blob_bytes = take_size(reader, "blob_bytes", room.blob_bytes);
    // No sum: a tenant's files can have holes of any size.
    part.file_bytes = parse_size(reader, "file_bytes", std::numeric_limits<std::int64_t>::max());
    part.entries = take_size(reader, "entries", room.entries);
    part.labels = reader.strings("labels");
    part.fingerprint = reader.string("fingerprint");
    part.unchanged = reader.boolean("unchanged");
    part.read_at = parse_time(reader, "read_at");
    if (reader.has("verified_at")) part.verified_at = parse_time(reader, "verified_at");
}

Part parse_part(const json::Reader& reader, Room& room) {
    static constexpr PartStatus statuses[] = {PartStatus::ok, PartStatus::torn, PartStatus::failed};
    static constexpr Consistency ways[] = {Consistency::pause, Consistency::stop, Consistency::none,
                                           Consistency::stopped};
    Part part;
    part.name = parse_choice<PartName>(reader, "part", all_parts);
    part.status = parse_choice<PartStatus>(reader, "status", statuses);
    part.consistency = parse_choice<Consistency>(reader, "consistency", ways);
    if (part.status == PartStatus::failed) {
        part.reason = parse_reason(reader, "reason");
        part.error = parse_reason(reader, "error");
    } else {
        parse_kept(reader, part, room);
    }
    return part;
}

TenantBackup parse_tenant(const json::Reader& reader, Room& room) {
    TenantBackup backup(parse_tenant_id(reader.string("tenant"), reader.pointer("tenant")));
    backup.pause_ms = parse_size(reader, "pause_ms", largest_number);
    for_each(reader, "parts", [&](const json::Value& element, const std::string& pointer) {
        const json::Reader part_reader(element, pointer);
        Part part = parse_part(part_reader, room);
        if (!backup.parts.empty() && backup.parts.back().name >= part.name) {
            throw json::Error(part_reader.pointer("part"),
                              "must come once, in the order folder, session, state");
        }
        backup.parts.push_back(std::move(part));
    });
    if (backup.parts.empty()) throw json::Error(reader.pointer("parts"), "must not be empty");
    return backup;
}

void parse_tenants(const json::Reader& reader, Run& run) {
    Room room;
    for_each(reader, "tenants", [&](const json::Value& element, const std::string& pointer) {
        const json::Reader tenant_reader(element, pointer);
        TenantBackup backup = parse_tenant(tenant_reader, room);
        const std::string place = tenant_reader.pointer("tenant");
        if (!run.scope.empty() && backup.tenant.text() != run.scope) {
            throw json::Error(place, "is not the one tenant of /scope");
        }
        if (!run.tenants.empty() && run.tenants.back().tenant >= backup.tenant) {
            throw json::Error(place, "must come once, in the order of the ids");
        }
        run.tenants.push_back(std::move(backup));
    });
}

void require_format(const json::Reader& reader) {
    const std::int64_t format = reader.integer("format");
    if (format == format_version) return;
    throw json::Error("/format",
                      "is version " + std::to_string(format) + "; this release reads version " +
                          std::to_string(format_version) + ": use the release that wrote it");
}

}  // namespace

Run parse_run(std::string_view text, std::string_view expected_id) {
    const auto document = json::parse(text, manifest_limits);
    const json::Reader reader(document);
    require_format(reader);
    Run run;
    run.id = reader.string("snapshot");
    if (run.id != expected_id || !is_run_id(run.id)) {
        throw json::Error("/snapshot",
                          "names another run than its folder, " + std::string(expected_id));
    }
    run.node = reader.string("node");
    run.scope = reader.string("scope");
    if (!run.scope.empty()) parse_tenant_id(run.scope, "/scope");
    run.job_id = reader.string("job_id");
    run.runner_version = reader.string("runner_version");
    run.backend = reader.string("backend");
    run.engine_version = reader.string("engine_version");
    run.started_at = parse_time(reader, "started_at");
    run.finished_at = parse_time(reader, "finished_at");
    run.bytes_written = parse_size(reader, "bytes_written", largest_number);
    parse_tenants(reader, run);
    return run;
}

Verification parse_verification(std::string_view text) {
    const auto document = json::parse(text, manifest_limits);
    const json::Reader reader(document);
    require_format(reader);
    Verification verification;
    verification.at = parse_time(reader, "at");
    verification.ok = reader.boolean("ok");
    verification.by = reader.string("by");
    verification.problems = parse_texts(reader, "problems");
    if (verification.ok != verification.problems.empty()) {
        throw json::Error("/ok", "must be true where there is no problem, and else false");
    }
    return verification;
}

}  // namespace nexus::backup
