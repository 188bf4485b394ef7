#include "backup/tar_notes.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <limits>
#include <utility>

#include "archive/folder_walk.hpp"
#include "archive/volume_error.hpp"
#include "archive/volume_path.hpp"

namespace nexus::backup {
namespace {

using archive::EntryKind;

[[noreturn]] void invalid(const std::string& problem) {
    throw BackendError(Code::invalid, problem, false);
}

std::string target_of(const archive::TarEntry& entry) {
    if (entry.kind == EntryKind::hardlink) return archive::below_root(entry.target);
    if (entry.kind != EntryKind::symlink) return {};
    if (entry.target.size() >= PATH_MAX) {
        invalid("the link " + archive::in_quotes(entry.path) + " is longer than a link can be");
    }
    return entry.target;
}

}  // namespace

TarNotes::TarNotes(archive::TarReader::Source source)
    : context_{std::chrono::steady_clock::time_point::max(), -1, {}, {}},
      tar_(context_, std::move(source), losses_) {}

bool TarNotes::next(FileNote& note) {
    if (!tar_.next(entry_)) return false;
    note.path = archive::below_root(entry_.path);
    if (!note.path.empty() && ++entries_ > archive::max_entries) {
        invalid("the archive has too many entries");
    }
    note.kind = entry_.kind;
    if (note.path.empty() && note.kind != EntryKind::folder) {
        invalid("the archive's root is no folder");
    }
    note.size = entry_.size;
    note.mode = entry_.facts.mode & ALLPERMS;
    note.uid = entry_.facts.uid;
    note.gid = entry_.facts.gid;
    note.target = target_of(entry_);
    note.sha256.clear();
    note.sparse = false;
    if (note.kind == EntryKind::file) hash_content(note);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    file_bytes_ += std::min(note.size, most - file_bytes_);
    return true;
}

// Pieces that touch count as one: where they are cut is chance.
void TarNotes::hash_content(FileNote& note) {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t offset = 0;
    const auto mark_piece = [&] {
        if (end == begin) return;
        mark(begin);
        mark(end - begin);
    };
    for (std::string_view bytes; tar_.content(offset, bytes);) {
        if (bytes.empty()) continue;
        if (offset < end)
            invalid("the archive has content of " + archive::in_quotes(entry_.path) + " twice");
        if (offset > end) {
            note.sparse = true;
            mark_piece();
            begin = offset;
        }
        hash_.update(bytes);
        end = offset + static_cast<std::int64_t>(bytes.size());
    }
    note.sparse = note.sparse || end < note.size;
    if (note.sparse) {
        mark_piece();
        mark(note.size);
    }
    note.sha256 = hash_.finish();
}

void TarNotes::mark(std::int64_t number) {
    std::array<char, sizeof number> bytes{};
    for (char& byte : bytes) {
        byte = static_cast<char>(number & 0xff);
        number >>= 8;
    }
    hash_.update({bytes.data(), bytes.size()});
}

}  // namespace nexus::backup
