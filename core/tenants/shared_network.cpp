#include "tenants/shared_network.hpp"

namespace nexus::tenants {

std::string mend_of_shared_network(const config::Settings& settings) {
    const bool podman = settings.backend == "podman";
    return "TENANT_ISOLATION=shared takes the network that TENANT_NETWORK names as it is. Make "
           "it: " +
           std::string(podman ? "podman network create --opt isolate=true "
                              : "docker network create "
                                "--opt com.docker.network.bridge.enable_icc=false ") +
           settings.tenant_network;
}

}  // namespace nexus::tenants
