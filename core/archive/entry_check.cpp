#include "archive/entry_check.hpp"

#include <limits.h>

#include "archive/bad_entry.hpp"
#include "archive/folder_walk.hpp"
#include "archive/volume_path.hpp"

namespace nexus::archive {
namespace {

constexpr std::size_t most_bytes = 512U << 20U;
// Of one path, beside its characters.
constexpr std::size_t node_bytes = 64;

}  // namespace

EntryCheck::Place EntryCheck::admit(const TarEntry& entry) {
    std::string path = below_root(entry.path);
    if (path.empty()) return admit_root(entry);
    if (++entries_ > max_entries) refuse_archive("the archive has too many entries");
    const auto [above, name] = split(path);
    const std::string folder(above);
    if (name.size() > NAME_MAX || entry.target.size() >= PATH_MAX) refuse_length(entry.path);
    const auto parent = known_.find(folder);
    if (!folder.empty() && (parent == known_.end() || parent->second != EntryKind::folder)) {
        refuse_place(entry.path);
    }
    if (known_.contains(path)) refuse_second(entry.path);
    if (entry.kind == EntryKind::symlink && entry.target.empty()) refuse_empty_link(entry.path);
    std::string target = target_of(entry);
    remember(path, entry.kind);
    return {std::move(path), std::move(target)};
}

EntryCheck::Place EntryCheck::admit_root(const TarEntry& entry) {
    if (entry.kind != EntryKind::folder) refuse_root();
    if (has_root_) refuse_second_root();
    has_root_ = true;
    return {};
}

std::string EntryCheck::target_of(const TarEntry& entry) const {
    if (entry.kind != EntryKind::hardlink) return "";
    std::string target = below_root(entry.target);
    const auto found = known_.find(target);
    if (found == known_.end() || found->second == EntryKind::folder) {
        refuse_second_name(entry.path, entry.target);
    }
    return target;
}

void EntryCheck::remember(const std::string& path, EntryKind kind) {
    bytes_ += path.size() + node_bytes;
    if (bytes_ > most_bytes) {
        throw BackendError(Code::exhausted,
                           "the archive has more names than can be looked after at once", false);
    }
    known_.emplace(path, kind);
}

}  // namespace nexus::archive
