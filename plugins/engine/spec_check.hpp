// What no container of ours may be, on whatever engine. Threads: any.
#pragma once

#include <cstdint>
#include <nexus/backend.hpp>
#include <optional>

namespace nexus::engine {

// Throws BackendError `invalid`, with the member's name, for a spec that would get around the
// hardening or mean something else to an engine than it says.
void check_spec(const ContainerSpec& spec);

// Every tmpfs of ours.
inline constexpr const char* tmpfs_options = "rw,noexec,nosuid,nodev,size=64m,mode=1777";

// A limit as both engines want it: none where there is none.
inline std::optional<std::int64_t> limit(std::int64_t value) {
    return value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace nexus::engine
