// What one run of the backup holds: run.json of its folder, as a value. Threads: plain values.
#pragma once

#include <cstdint>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "config/tenant_id.hpp"

namespace nexus::backup {

using config::TenantId;

// What of a tenant is kept apart: its folder in TENANT_ROOT, and its two volumes.
enum class PartName { folder, session, state };
inline constexpr PartName all_parts[] = {PartName::folder, PartName::session, PartName::state};

enum class PartStatus {
    ok,
    torn,    // files changed while they were read: restorable, but perhaps not of one moment
    failed,  // nothing of it is kept
};

// How the runtime was kept from writing while a part was read.
enum class Consistency {
    pause,
    stop,
    none,     // BACKUP_CONSISTENCY said so
    stopped,  // it did not run
};

std::string_view to_string(PartName part) noexcept;
std::string_view to_string(PartStatus status) noexcept;
std::string_view to_string(Consistency consistency) noexcept;

struct Part {
    PartName name = PartName::folder;
    PartStatus status = PartStatus::ok;
    std::string reason;  // of a failure: a code of results, such as "exhausted"
    std::string error;   // of a failure: the message
    Consistency consistency = Consistency::none;
    std::string method;                // as VolumeCopy's
    std::vector<std::string> losses;   // as VolumeCopy's
    std::vector<std::string> changed;  // files that changed during the read
    std::string sha256;                // of the tar, and the name of its blob; 64 hex digits
    std::int64_t tar_bytes = 0;
    std::int64_t blob_bytes = 0;  // compressed, with its list of files
    std::int64_t file_bytes = 0;  // of the files' content; a hole counts like data
    std::int64_t entries = 0;
    Labels labels;            // of the volume
    std::string fingerprint;  // as the function of that name; empty: none
    bool unchanged = false;   // taken over from an earlier run, by the fingerprint
    WallTime read_at{};       // its bytes were last read in full
    WallTime verified_at{};   // its blob was last decoded and compared; epoch: never
};

struct TenantBackup {
    explicit TenantBackup(TenantId id) : tenant(std::move(id)) {}
    TenantId tenant;
    std::int64_t pause_ms = 0;  // how long the runtime was held
    std::vector<Part> parts;    // in the order of all_parts

    const Part* find(PartName name) const noexcept;
    // The worst of the parts'.
    PartStatus status() const noexcept;
};

struct Run {
    std::string id;  // "20261126T021500.123Z": when it began, in UTC
    std::string node;
    std::string scope;   // the one tenant that it is about; empty: every tenant of the node
    std::string job_id;  // of the job that asked for it; empty: the command line did
    std::string runner_version;
    std::string backend;
    std::string engine_version;
    WallTime started_at{};
    WallTime finished_at{};
    std::int64_t bytes_written = 0;     // into the blob store
    std::vector<TenantBackup> tenants;  // by id

    const TenantBackup* find(const TenantId& tenant) const noexcept;
};

// Whether a text could be a run's id: no other becomes a part of a path.
bool is_run_id(std::string_view text) noexcept;
bool is_sha256(std::string_view text) noexcept;

std::string to_json(const Run& run);

// run.json as it stands on disk, which may be damaged or a lie. Throws json::Error with the pointer
// of the member that is wrong, also where the id is not `expected_id`.
Run parse_run(std::string_view text, std::string_view expected_id);

// What became of a run's last verification: verified.json beside run.json.
struct Verification {
    WallTime at{};
    bool ok = false;
    std::string by;                     // "backup", "verify" or "drill"
    std::vector<std::string> problems;  // a sentence each; empty where it is ok
};
std::string to_json(const Verification& verification);
Verification parse_verification(std::string_view text);

}  // namespace nexus::backup
