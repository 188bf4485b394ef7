#include "app/redis_endpoint.hpp"

namespace nexus::app {
namespace {

redis::TransportKind transport_of(config::RedisScheme scheme) {
    switch (scheme) {
        case config::RedisScheme::rediss:
            return redis::TransportKind::tls;
        case config::RedisScheme::unix_socket:
            return redis::TransportKind::unix_socket;
        case config::RedisScheme::redis:
            break;
    }
    return redis::TransportKind::tcp;
}

}  // namespace

redis::Endpoint redis_endpoint(const config::Settings& settings) {
    const auto& url = settings.redis_url;
    redis::Endpoint endpoint;
    endpoint.transport = transport_of(url.scheme);
    if (settings.redis_sentinels.empty()) {
        endpoint.host = url.host;
        endpoint.port = url.port;
    }
    for (const auto& sentinel : settings.redis_sentinels)
        endpoint.sentinels.push_back({sentinel.host, sentinel.port});
    endpoint.master_name = settings.redis_master;
    endpoint.path = url.path;
    endpoint.user = url.user;
    endpoint.password = url.password;
    endpoint.database = url.database;
    endpoint.ca_file = settings.redis_ca_file;
    endpoint.cert_file = settings.redis_cert_file;
    endpoint.key_file = settings.redis_key_file;
    return endpoint;
}

}  // namespace nexus::app
