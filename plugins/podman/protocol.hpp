// How Podman is spoken to: by its own API, not by the one it offers for Docker's clients.
// Threads: any.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/api_client.hpp"
#include "engine/api_version.hpp"
#include "engine/engine_backend.hpp"

namespace nexus::podman {

inline constexpr engine::ApiVersion oldest_api{4, 0};

// `theirs` is the header Libpod-Api-Version of the engine's ping. Throws BackendError `unsupported`
// for an engine that is too old, or that is no Podman. Every engine takes the oldest prefix.
engine::Agreement negotiate(const engine::Engine& engine, const std::string& theirs);

engine::Dialect dialect();

// The socket of the engine that serves all users.
inline constexpr const char* system_socket = "/run/podman/podman.sock";

// Where the engine of this machine listens; that of `user` where there is none for all.
std::string default_endpoint(bool system_socket_exists, uid_t user);

// The full names of an image. One without a registry is either built on this machine or Docker's:
// whatever registries the engine would search by itself, a job's image must mean one thing.
std::vector<std::string> image_names(const engine::ImageReference& image);

}  // namespace nexus::podman
