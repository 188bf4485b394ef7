// What the HTTP server tells of the program, asked of whoever runs it. Threads: the server asks
// from several at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"

namespace nexus::http {

struct Health {
    bool ok = false;  // false: a loop of the program has stalled
    std::string node;
    std::string version;
    std::string backend;
    std::chrono::seconds uptime{0};
};

struct Check {
    std::string name;  // "redis", "backend", "lease", "tenant_root", "disk"
    bool ok = false;
    std::string message;  // for people; shown to strangers, so without any secret
};

// One tenant of the node, for people.
struct TenantLine {
    std::string id;
    std::string desired;  // "running", "stopped", "deleted"; empty where it cannot be read
    std::string
        observed;  // phase of the runtime, "unhealthy", "crash_loop", "missing"; empty: not yet
    std::string since;  // RFC 3339; empty where nothing was observed yet
    std::int64_t restarts = 0;
    std::string image;
    std::string last_error;  // empty: none
};

struct Status {
    std::string node;
    std::string version;
    std::string backend;
    std::chrono::seconds uptime{0};
    std::size_t queued = 0;   // jobs that this node has read and that have not ended
    std::size_t running = 0;  // of these
    std::vector<TenantLine> tenants;
};

// Of one operation of the backend, since the start of the process.
struct OperationMetrics {
    std::string name;  // "ensure_volume"
    std::uint64_t count = 0;
    std::uint64_t errors = 0;
    std::chrono::nanoseconds time{0};
};

// One backup of the whole node.
struct BackupRunMetrics {
    WallTime began{};
    std::chrono::milliseconds time{0};
    std::int64_t size_bytes = 0;     // of the tars
    std::int64_t written_bytes = 0;  // into the blob store, compressed
    std::chrono::milliseconds paused{0};
    std::chrono::milliseconds longest_pause{0};
    std::int64_t torn_files = 0;
    std::map<std::string, std::int64_t>
        tenants;  // by what became of theirs: "ok", "torn", "failed"
    std::map<std::string, std::int64_t> failures;  // parts, by the code of their reason
};

struct BackupMetrics {
    WallTime last_success{};   // the newest one that lacks nothing began; epoch: there is none
    WallTime last_verified{};  // the newest one that was verified and lacks no tenant; likewise
    std::optional<BackupRunMetrics> last_run;
};

// What /metrics tells. No label names a tenant: a node has thousands.
struct Metrics {
    Health health;
    WallTime started_at{};
    std::vector<Check> checks;
    std::size_t queued = 0;   // as Status
    std::size_t running = 0;  // as Status
    // By desired and observed state, either of them empty where it is not known.
    std::map<std::pair<std::string, std::string>, std::size_t> tenants;
    std::uint64_t restarts = 0;  // of runtimes, since the start of the process
    std::vector<OperationMetrics> operations;
    std::size_t calls = 0;  // to the backend, under way
    BackupMetrics backups;
};

// All answer from what is already known: an answer that waits for Redis, the engine or a disk would
// let a slow one look like a dead process.
class StatusSource {
  public:
    virtual ~StatusSource() = default;
    virtual Health health() = 0;
    virtual std::vector<Check> readiness() = 0;
    virtual Status status() = 0;
    virtual Metrics metrics() = 0;

  protected:
    StatusSource() = default;
    StatusSource(const StatusSource&) = default;
    StatusSource& operator=(const StatusSource&) = default;
};

}  // namespace nexus::http
