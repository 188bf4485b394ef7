#include "redis/endpoint.hpp"

namespace nexus::redis {
namespace {

std::string place(const std::string& host, std::uint16_t port) {
    const bool ipv6 = host.find(':') != std::string::npos;
    return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

std::string Endpoint::describe() const {
    if (transport == TransportKind::unix_socket) return "unix:" + path;
    if (is_sentinel) return "sentinel " + place(host, port);
    std::string server = place(host, port) + "/" + std::to_string(database);
    if (sentinels.empty()) return server;
    if (!host.empty()) return "master " + master_name + " at " + server;
    std::string text = "master " + master_name + " by ";
    for (const auto& sentinel : sentinels) {
        if (&sentinel != &sentinels.front()) text += ",";
        text += place(sentinel.host, sentinel.port);
    }
    return text;
}

std::string Endpoint::setting() const {
    if (is_sentinel) return "REDIS_SENTINELS";
    return sentinels.empty() ? "REDIS_URL" : "REDIS_MASTER";
}

}  // namespace nexus::redis
