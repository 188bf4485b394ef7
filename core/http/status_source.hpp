// What the HTTP server tells of the program, asked of whoever runs it. Threads: the server asks
// from several at once.
#pragma once

#include <chrono>
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

// Both answer from what is already known: an answer that waits for Redis or the engine would let
// a slow one look like a dead process.
class StatusSource {
  public:
    virtual ~StatusSource() = default;
    virtual Health health() = 0;
    virtual std::vector<Check> readiness() = 0;

  protected:
    StatusSource() = default;
    StatusSource(const StatusSource&) = default;
    StatusSource& operator=(const StatusSource&) = default;
};

}  // namespace nexus::http
