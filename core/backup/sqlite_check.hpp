// Whether SQLite finds a database whole. The file is a tenant's, and hostile: it is opened with
// nothing allowed that a check does not need. Threads: any, each with a file of its own.
#pragma once

#include <nexus/backend.hpp>
#include <string>
#include <string_view>

namespace nexus::backup {

// How every database begins.
inline constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};

struct SqliteVerdict {
    bool checked = false;  // false: `problem` says why it could not be
    std::string problem;   // what SQLite says; empty: the database is whole
};

// Looks through the copy of a database at an absolute `path`, with its -wal or -journal beside it,
// which SQLite may write to and remove. Throws BackendError `cancelled` and `timeout`, and Failure
// `exhausted` for a full disk.
SqliteVerdict quick_check(const std::string& path, const CallContext& call);

}  // namespace nexus::backup
