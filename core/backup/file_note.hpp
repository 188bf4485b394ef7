// One file of a blob, as its list of files has it. Threads: plain values.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/tar_reader.hpp"

namespace nexus::backup {

struct FileNote {
    std::string path;  // below the root, any bytes; empty for the root itself
    archive::EntryKind kind = archive::EntryKind::file;
    std::int64_t size = 0;  // of a regular file, with its holes
    mode_t mode = 0;        // permissions, without the kind
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string target;  // of a link; of a hard one the path below the root
    // Of a regular file: 64 hex digits. Of a sparse one it is not that of the content, which may be
    // of any size without being there: it is of each piece of data in its order, each followed by
    // the offset and the length of it, and of the file's size at last (8 bytes each, little end
    // first).
    std::string sha256;
    bool sparse = false;

    bool operator==(const FileNote&) const = default;
};

// What two notes of one file differ in, in a word or two; empty: nothing.
std::string_view difference(const FileNote& a, const FileNote& b) noexcept;

// A JSON object on one line, without its end.
std::string to_line(const FileNote& note);

// Of a line that may be damaged or a lie. Throws json::Error.
FileNote parse_note(std::string_view line);

// A path or a link's target leaves room for no more.
inline constexpr std::size_t max_note_bytes = 512U << 10U;

}  // namespace nexus::backup
