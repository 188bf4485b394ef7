// What an error of Podman means to a caller. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "engine/answer.hpp"

namespace nexus::podman {

// `what` is the thing that was tried, such as "starting container a". The status says little:
// Podman answers 500 for most conflicts.
BackendError to_error(const engine::EngineError& error, const std::string& what);

// Whether the OCI runtime would not pause, resume or start a container: it is so already, or it
// cannot.
bool is_runtime_refusal(const BackendError& error);

// Whether Podman cannot show a container since a part of what it keeps of it is gone.
bool is_half_removed(const BackendError& error);

// Whether a container was not made since another one has its name.
bool is_name_taken(const BackendError& error);

// Whether the log could not be read because its last line was just being written.
bool is_half_written_log(const BackendError& error);

}  // namespace nexus::podman
