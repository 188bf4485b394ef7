#include "engine/archive_copy.hpp"

#include <algorithm>
#include <limits>

#include "archive/entry_check.hpp"
#include "archive/folder_walk.hpp"
#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "archive/volume_path.hpp"

namespace nexus::engine {
namespace {

using archive::EntryKind;
using archive::Losses;
using archive::TarEntry;
using archive::TarReader;
using archive::TarWriter;

// Whether a walk that goes into each folder where its name stands meets `left` before `right`.
bool comes_before(std::string_view left, std::string_view right) {
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                        [&](char a, char b) { return rank(a) < rank(b); });
}

// Also of a hole, which is only known to the reader once it is there.
void copy_content(TarReader& reader, TarWriter& writer, std::int64_t size) {
    std::int64_t at = 0;
    std::int64_t offset = 0;
    std::string_view bytes;
    while (reader.content(offset, bytes)) {
        writer.hole(offset - at);
        writer.content(bytes);
        at = offset + static_cast<std::int64_t>(bytes.size());
    }
    writer.hole(size - at);
}

void copy_entry(TarReader& reader, TarWriter& writer, const TarEntry& entry,
                const std::string& path, const std::string& hardlink, VolumeCopy& copy) {
    archive::TarHeader header{.path = path, .facts = entry.facts, .size = entry.size};
    if (entry.kind == EntryKind::symlink) header.symlink = entry.target;
    header.hardlink = hardlink;
    if (entry.size > 0) header.data = {{0, entry.size}};
    writer.header(header);
    if (entry.kind == EntryKind::file) copy_content(reader, writer, entry.size);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    copy.bytes += std::min<std::int64_t>(entry.size, most - copy.bytes);
}

// Below the root; empty for the root.
std::string path_of(const std::string& given) {
    const auto relative = archive::without_slash(given);
    return relative.empty() ? "" : archive::below_root(relative);
}

// An archive that is not one is the engine's fault here, not the caller's.
template <typename Read>
auto read_engine(Read read) {
    try {
        return read();
    } catch (const BackendError& error) {
        if (error.code() != Code::invalid) throw;
        throw BackendError(
            Code::internal,
            std::string(error.what()) + "; a file may have become shorter while the engine read it",
            true);
    }
}

class FromEngine {
  public:
    FromEngine(const CallContext& ctx, int from, int to, std::vector<std::string>& missed)
        : missed_(missed),
          reader_(ctx, from, losses_, archive::Devices::left_out),
          writer_(ctx, to) {}

    VolumeCopy run() {
        bool has_root = false;
        for (TarEntry entry; reader_.next(entry);) {
            const std::string path = path_of(entry.path);
            if (path.empty() == has_root) {
                wrong(has_root ? "has the volume's folder twice"
                               : "does not begin with the volume's folder");
            }
            has_root = true;
            if (!path.empty()) look_at(path);
            const bool second = entry.kind == EntryKind::hardlink;
            copy_entry(reader_, writer_, entry, "./" + path,
                       second ? "./" + path_of(entry.target) : "", copy_);
        }
        if (!has_root) wrong("is empty");
        writer_.finish();
        copy_.losses = losses_.list();
        return std::move(copy_);
    }

  private:
    void look_at(const std::string& path) {
        if (++copy_.entries > archive::max_entries) {
            throw BackendError(Code::exhausted, "the volume has too many files for one archive",
                               false);
        }
        if (!comes_before(last_, path)) losses_.add("the order of names");
        last_ = path;
        std::erase(missed_, path);
    }

    [[noreturn]] static void wrong(const std::string& problem) {
        throw BackendError(Code::internal, "the engine's archive " + problem, true);
    }

    std::vector<std::string>& missed_;
    Losses losses_;
    TarReader reader_;
    TarWriter writer_;
    std::string last_;
    VolumeCopy copy_;
};

}  // namespace

VolumeCopy copy_from_engine(const CallContext& ctx, int from, int to,
                            std::vector<std::string>& missed) {
    return read_engine([&] { return FromEngine(ctx, from, to, missed).run(); });
}

std::optional<std::string> first_in(const CallContext& ctx, int from) {
    return read_engine([&]() -> std::optional<std::string> {
        Losses devices;
        TarReader reader(ctx, from, devices, archive::Devices::left_out);
        for (TarEntry entry; reader.next(entry);) {
            std::string path = path_of(entry.path);
            if (!path.empty()) return path;
        }
        if (devices.list().empty()) return std::nullopt;
        return devices.list().front();
    });
}

VolumeCopy copy_to_engine(const CallContext& ctx, int from, int to, const std::string& prefix) {
    Losses losses;
    TarReader reader(ctx, from, losses);
    TarWriter writer(ctx, to);
    archive::EntryCheck check;
    VolumeCopy copy;
    for (TarEntry entry; reader.next(entry);) {
        const auto [path, target] = check.admit(entry);
        // What is made in the folder afterwards would inherit it.
        if (std::erase_if(entry.facts.attributes, [](const auto& attribute) {
                return attribute.first == "system.posix_acl_default";
            }) > 0) {
            losses.add("default access control lists");
        }
        if (!path.empty()) ++copy.entries;
        copy_entry(reader, writer, entry, prefix + path, target.empty() ? "" : prefix + target,
                   copy);
    }
    writer.finish();
    copy.losses = losses.list();
    return copy;
}

}  // namespace nexus::engine
