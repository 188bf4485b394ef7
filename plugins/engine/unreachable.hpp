// Why an engine cannot be reached, with the mend. Threads: any.
#pragma once

#include <nexus/backend.hpp>

#include "engine/endpoint.hpp"

namespace nexus::engine {

// `error` is what connect() failed with. Looks at the socket, to name whom it lets in.
BackendError unreachable(const Engine& engine, int error);

}  // namespace nexus::engine
