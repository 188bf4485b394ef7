// How the engine says no. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

namespace simulated {

// One that the same call meets again.
nexus::BackendError refusal(nexus::Code code, const std::string& message);

// Throw BackendError `invalid` for a name that is none.
void require_name(const std::string& name, const char* kind);
// Stricter than the above: what engines take for the name of an object of their own.
void require_object_name(const std::string& name, const char* kind);

}  // namespace simulated
