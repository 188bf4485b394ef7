// How a Docker Engine is spoken to. Threads: any.
#pragma once

#include <string>

#include "engine/api_client.hpp"
#include "engine/api_version.hpp"
#include "engine/engine_backend.hpp"

namespace nexus::docker {

// The API versions that requests.hpp is written for. Engines from 2023 on refuse less than
// `newest`, and nothing that is used here has changed after it.
inline constexpr engine::ApiVersion oldest_api{1, 41};
inline constexpr engine::ApiVersion newest_api{1, 44};

// What both sides can speak. `theirs` is the header Api-Version of the engine's ping. Throws
// BackendError `unsupported` for an engine that is too old, or that is no Docker Engine.
engine::Agreement negotiate(const engine::Engine& engine, const std::string& theirs);

engine::Dialect dialect();

}  // namespace nexus::docker
