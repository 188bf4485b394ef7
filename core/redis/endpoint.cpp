#include "redis/endpoint.hpp"

namespace nexus::redis {

std::string Endpoint::describe() const {
    if (transport == TransportKind::unix_socket) return "unix:" + path;
    const bool ipv6 = host.find(':') != std::string::npos;
    return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/" +
           std::to_string(database);
}

}  // namespace nexus::redis
