// Parsers of what Podman alone answers; the others are in plugins/engine. Each takes the body of a
// success and throws codec::Malformed where it is not what it should be. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::podman {

NetworkState parse_network(std::string_view json);

// `api_version` is left to the caller.
Info parse_info(std::string_view json);

// Of one container. `memory_limit_bytes` is left to the caller.
Stats parse_stats(std::string_view json);

// Why a container was not removed although the status is that of a success; empty where it was.
std::string parse_removal(std::string_view json);

// Where an inspected volume lies; nothing once a container has used it.
std::optional<std::string> parse_unused_mountpoint(std::string_view json);

// The health check of an inspected container.
struct HealthCheck {
    bool defined = false;
    std::chrono::nanoseconds interval{};  // from the end of one run to the next; never 0
    std::chrono::nanoseconds timeout{};   // of a run; never 0
    std::string last_run;                 // when the last one ended, as the engine writes it
};

HealthCheck parse_health_check(std::string_view json);

}  // namespace nexus::podman
