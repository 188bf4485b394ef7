// What an engine reports of containers, as the host wants to hear it. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <optional>

#include "engine/event_feed.hpp"

namespace nexus::engine {

// The label that says whose a container is.
inline constexpr const char* tenant_label = "io.nexus.tenant";

// Nothing for what concerns no container of a tenant, or nobody here.
std::optional<Event> translate_event(const EngineEvent& event);

}  // namespace nexus::engine
