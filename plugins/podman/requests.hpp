// The requests that Podman alone takes, as values without the prefix; the others are in
// engine/requests.hpp. Nothing here talks to an engine. Threads: any.
#pragma once

#include <cstdint>
#include <nexus/backend.hpp>
#include <string>

#include "engine/archive_way.hpp"
#include "engine/image_reference.hpp"
#include "engine/request.hpp"

namespace nexus::podman {

// The label in which a container of ours keeps the reference that it was created from: the engine
// itself keeps only the full name that it stood for.
inline constexpr const char* image_label = "io.nexus.podman.image";

// Where a limit of files is given the engine wants one of processes too, or takes one that it may
// not be allowed to set. `process_limit` is one that limits nothing: those of a user are counted
// over all containers, so spec.pids is not meant by it. Throws BackendError `invalid`.
engine::Request create_container(const ContainerSpec& spec, const std::string& image,
                                 std::int64_t process_limit);
engine::Request container_stats(const std::string& container);
// Runs the container's own check once, and answers when it is done.
engine::Request run_health_check(const std::string& container);

// `signal` as "SIGTERM". Answers at once, but for SIGKILL: when it has ended.
engine::Request kill_container(const std::string& container, const std::string& signal);

// Mounts what the container needs, and starts no program yet.
engine::Request init_container(const std::string& container);

engine::Request inspect_volume(const std::string& name);

engine::Request inspect_network(const std::string& name);
engine::Request create_network(const NetworkSpec& spec);
// By its name: asked by the id, the engine removes it even while containers use it.
engine::Request remove_network(const std::string& name);

engine::ArchiveWay archive_way();

engine::Request pull_image(const engine::ImageReference& image, const RegistryAuth& auth);

}  // namespace nexus::podman
