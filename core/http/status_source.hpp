// What the HTTP server tells of the program, asked of whoever runs it. Threads: the server asks
// from several at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

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

// All answer from what is already known: an answer that waits for Redis or the engine would let
// a slow one look like a dead process.
class StatusSource {
  public:
    virtual ~StatusSource() = default;
    virtual Health health() = 0;
    virtual std::vector<Check> readiness() = 0;
    virtual Status status() = 0;

  protected:
    StatusSource() = default;
    StatusSource(const StatusSource&) = default;
    StatusSource& operator=(const StatusSource&) = default;
};

}  // namespace nexus::http
