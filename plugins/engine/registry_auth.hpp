// Credentials of a registry on their way to an engine. Threads: any.
#pragma once

#include <nexus/backend.hpp>

#include "engine/request.hpp"

namespace nexus::engine {

// Puts the header into a pull that both engines read credentials from; none for an open registry.
void authorize(Request& pull, const RegistryAuth& auth);

}  // namespace nexus::engine
