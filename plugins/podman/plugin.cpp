#include <nexus/plugin.hpp>

#include "engine/config.hpp"
#include "podman/podman_backend.hpp"

NEXUS_BACKEND(nexus::podman::PodmanBackend, "podman", NEXUS_PODMAN_VERSION,
              nexus::engine::config_schema);
