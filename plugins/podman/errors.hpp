// What an error of Podman means to a caller. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "engine/answer.hpp"

namespace nexus::podman {

// `what` is the thing that was tried, such as "starting container a". The status says little:
// Podman answers 500 for most conflicts.
BackendError to_error(const engine::EngineError& error, const std::string& what);

}  // namespace nexus::podman
