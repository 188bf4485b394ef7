#include "backup/file_note.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <nexus/backend.hpp>
#include <optional>

#include "archive/folder_walk.hpp"
#include "archive/volume_path.hpp"
#include "backup/manifest.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/utf8.hpp"

namespace nexus::backup {
namespace {

using archive::EntryKind;

constexpr std::string_view root_path = ".";
constexpr std::string_view base64_ending = "_base64";
constexpr mode_t permissions = 07777;
constexpr int octal = 8;

struct KindName {
    EntryKind kind;
    std::string_view name;
};
constexpr std::array kind_names{
    KindName{EntryKind::file, "file"},       KindName{EntryKind::folder, "folder"},
    KindName{EntryKind::symlink, "symlink"}, KindName{EntryKind::hardlink, "hardlink"},
    KindName{EntryKind::fifo, "fifo"},
};

std::string_view name_of(EntryKind kind) {
    for (const auto& known : kind_names) {
        if (known.kind == kind) return known.name;
    }
    return {};
}

bool is_link(EntryKind kind) {
    return kind == EntryKind::symlink || kind == EntryKind::hardlink;
}

// JSON has no bytes.
void write_bytes(json::Writer& writer, std::string_view name, std::string_view bytes) {
    if (is_utf8(bytes)) {
        writer.member(name, bytes);
    } else {
        writer.member(std::string(name).append(base64_ending), to_base64(bytes));
    }
}

std::string read_bytes(const json::Reader& reader, std::string_view name) {
    const std::string encoded = std::string(name).append(base64_ending);
    if (!reader.has(encoded)) return reader.string(name);
    if (reader.has(name)) throw json::Error(reader.pointer(encoded), "is there twice");
    auto bytes = from_base64(reader.string(encoded));
    if (!bytes) throw json::Error(reader.pointer(encoded), "is no base64");
    return std::move(*bytes);
}

std::string read_path(const json::Reader& reader) {
    const std::string path = read_bytes(reader, "path");
    if (path == root_path) return {};
    try {
        if (!path.empty() && archive::below_root(path) == path) return path;
    } catch (const BackendError& error) {
        throw json::Error(reader.pointer("path"), error.what());
    }
    throw json::Error(reader.pointer("path"), "is no path below a root");
}

std::string read_target(const json::Reader& reader) {
    std::string target = read_bytes(reader, "target");
    if (target.size() > archive::max_path) {
        throw json::Error(reader.pointer("target"), "is longer than a link can be");
    }
    return target;
}

EntryKind read_kind(const json::Reader& reader) {
    const std::string name = reader.string("type");
    for (const auto& known : kind_names) {
        if (known.name == name) return known.kind;
    }
    throw json::Error(reader.pointer("type"), "is none that is known");
}

std::string mode_text(mode_t mode) {
    std::string text = "0000";
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, mode /= octal)
        *digit = static_cast<char>('0' + mode % octal);
    return text;
}

mode_t read_mode(const json::Reader& reader) {
    const std::string text = reader.string("mode");
    mode_t mode = 0;
    std::from_chars(text.data(), text.data() + text.size(), mode, octal);
    if (mode > permissions || mode_text(mode) != text) {
        throw json::Error(reader.pointer("mode"), "must be four octal digits");
    }
    return mode;
}

std::uint32_t read_id(const json::Reader& reader, std::string_view name) {
    const std::int64_t id = reader.integer(name);
    if (id < 0 || id > std::numeric_limits<std::uint32_t>::max()) {
        throw json::Error(reader.pointer(name), "is no user or group");
    }
    return static_cast<std::uint32_t>(id);
}

void read_content(const json::Reader& reader, FileNote& note) {
    note.size = reader.integer("size");
    if (note.size < 0) throw json::Error(reader.pointer("size"), "must not be below 0");
    note.sparse = reader.has("data_sha256");
    if (note.sparse && reader.has("sha256")) {
        throw json::Error(reader.pointer("sha256"), "must not be beside data_sha256");
    }
    const std::string_view name = note.sparse ? "data_sha256" : "sha256";
    note.sha256 = reader.string(name);
    if (!is_sha256(note.sha256)) throw json::Error(reader.pointer(name), "is no SHA-256");
}

}  // namespace

std::string_view difference(const FileNote& a, const FileNote& b) noexcept {
    if (a.path != b.path) return "path";
    if (a.kind != b.kind) return "type";
    if (a.size != b.size) return "size";
    if (a.sha256 != b.sha256 || a.sparse != b.sparse) return "content";
    if (a.target != b.target) return "target";
    if (a.mode != b.mode) return "mode";
    return a.uid != b.uid || a.gid != b.gid ? "owner" : "";
}

std::string to_line(const FileNote& note) {
    json::Writer writer;
    writer.begin_object();
    write_bytes(writer, "path", note.path.empty() ? root_path : std::string_view(note.path));
    writer.member("type", name_of(note.kind));
    if (note.kind == EntryKind::file) {
        writer.member("size", note.size)
            .member(note.sparse ? "data_sha256" : "sha256", note.sha256);
    }
    if (is_link(note.kind)) write_bytes(writer, "target", note.target);
    return writer.member("mode", mode_text(note.mode))
        .member("uid", std::int64_t{note.uid})
        .member("gid", std::int64_t{note.gid})
        .end_object()
        .text();
}

FileNote parse_note(std::string_view line) {
    constexpr unsigned depth = 8;  // a later version may note more
    const auto document = json::parse(line, {max_note_bytes, depth});
    const json::Reader reader(document);
    FileNote note;
    note.path = read_path(reader);
    note.kind = read_kind(reader);
    if (note.kind == EntryKind::file) read_content(reader, note);
    if (is_link(note.kind)) note.target = read_target(reader);
    note.mode = read_mode(reader);
    note.uid = read_id(reader, "uid");
    note.gid = read_id(reader, "gid");
    return note;
}

}  // namespace nexus::backup
