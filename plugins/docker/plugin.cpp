#include <nexus/plugin.hpp>

#include "docker/config.hpp"
#include "docker/docker_backend.hpp"

NEXUS_BACKEND(nexus::docker::DockerBackend, "docker", NEXUS_DOCKER_VERSION,
              nexus::docker::config_schema);
