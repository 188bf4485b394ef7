#include "backup/journal.hpp"

#include "backup/manifest.hpp"
#include "base/json.hpp"
#include "base/kill_point.hpp"

namespace nexus::backup {
namespace {

constexpr int format_version = 1;
constexpr mode_t private_folder = 0700;
constexpr mode_t private_file = 0600;
// No tenant's id has a dot in it.
constexpr std::string_view ending = ".json";

constexpr std::pair<std::string_view, Entry::Kind> kinds[] = {
    {"paused", Entry::Kind::paused},   {"stopped", Entry::Kind::stopped},
    {"restore", Entry::Kind::restore}, {"swapping", Entry::Kind::swapping},
    {"swapped", Entry::Kind::swapped}, {"refused", Entry::Kind::refused},
};

constexpr std::pair<const char*, std::string Entry::*> hashes[] = {
    {"session_sha256", &Entry::session_sha256},
    {"state_sha256", &Entry::state_sha256},
};

constexpr std::pair<const char*, bool Entry::*> flags[] = {
    {"session_made", &Entry::session_made},
    {"state_made", &Entry::state_made},
    {"ran", &Entry::ran},
};

std::string file_of(const TenantId& tenant) {
    return tenant.text() + std::string(ending);
}

std::string to_json(const Entry& entry) {
    json::Writer writer;
    writer.begin_object().member("v", format_version);
    for (const auto& [word, kind] : kinds) {
        if (kind == entry.kind) writer.member("kind", word);
    }
    if (entry.stays_until != WallTime{})
        writer.member("stays_until", format_timestamp(entry.stays_until));
    for (const auto& [name, hash] : hashes)
        writer.member(name, entry.*hash);
    writer.member("generation", entry.generation);
    for (const auto& [name, flag] : flags)
        writer.member(name, entry.*flag);
    return writer.end_object().text();
}

Entry::Kind parse_kind(const json::Reader& reader) {
    const std::string text = reader.string("kind");
    for (const auto& [word, kind] : kinds) {
        if (word == text) return kind;
    }
    throw json::Error(reader.pointer("kind"), "is not known");
}

WallTime parse_stays_until(const json::Reader& reader) {
    const auto text = reader.find_string("stays_until");
    if (!text) return {};
    const auto time = parse_timestamp(*text);
    if (!time) throw json::Error(reader.pointer("stays_until"), "is no time");
    return *time;
}

Entry parse_entry(std::string_view text) {
    const auto document = json::parse(text, json::own_files);
    const json::Reader reader(document);
    if (reader.integer("v") != format_version) {
        throw json::Error("/v", "was written by another release; this one reads version " +
                                    std::to_string(format_version));
    }
    Entry entry;
    entry.kind = parse_kind(reader);
    entry.stays_until = parse_stays_until(reader);
    for (const auto& [name, hash] : hashes) {
        entry.*hash = reader.string(name);
        if (!(entry.*hash).empty() && !is_sha256(entry.*hash)) {
            throw json::Error(reader.pointer(name), "must be a SHA-256 in hex");
        }
    }
    entry.generation = reader.integer("generation");
    for (const auto& [name, flag] : flags)
        entry.*flag = reader.boolean(name);
    return entry;
}

}  // namespace

Journal::Journal(const std::string& state_dir)
    : folder_(Directory::open(state_dir).ensure("held", private_folder)) {}

void Journal::write(const TenantId& tenant, const Entry& entry) const {
    const std::string file = file_of(tenant);
    folder_.remove_leftovers(file);
    folder_.write(file, to_json(entry), private_file);
    NEXUS_KILL_POINT("after_journal_written");
}

void Journal::erase(const TenantId& tenant) const {
    folder_.remove(file_of(tenant));
    folder_.sync();
    NEXUS_KILL_POINT("after_journal_erased");
}

bool Journal::has(const TenantId& tenant) const {
    return folder_.exists(file_of(tenant));
}

bool Journal::is_unsettled(const TenantId& tenant) const {
    try {
        const auto entry = read(tenant);
        return entry && entry->stays_until <= wall_now();
    } catch (const json::Error&) {
        return true;
    }
}

std::optional<Entry> Journal::read(const TenantId& tenant) const {
    const auto text = folder_.read(file_of(tenant), json::own_files.bytes);
    if (!text) return std::nullopt;
    return parse_entry(*text);
}

std::vector<TenantId> Journal::list() const {
    std::vector<TenantId> tenants;
    for (const auto& name : folder_.names()) {
        if (!name.ends_with(ending)) continue;
        auto tenant =
            TenantId::parse(std::string_view(name).substr(0, name.size() - ending.size()));
        if (tenant) tenants.push_back(std::move(*tenant));
    }
    return tenants;
}

}  // namespace nexus::backup
