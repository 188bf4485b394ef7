#include <nexus/plugin.hpp>

#include "docker/docker_backend.hpp"
#include "engine/config.hpp"

NEXUS_BACKEND(nexus::docker::DockerBackend, "docker", NEXUS_DOCKER_VERSION,
              nexus::engine::config_schema);
