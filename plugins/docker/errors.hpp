// What an error of the Docker Engine means to a caller. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "engine/answer.hpp"

namespace nexus::docker {

// `what` is the thing that was tried, such as "starting container a".
BackendError to_error(const engine::EngineError& error, const std::string& what);

}  // namespace nexus::docker
