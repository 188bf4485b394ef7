// What the tests of core/redis on a real server share. Threads: one at a time.
#pragma once

#include <chrono>
#include <string>

#include "redis/endpoint.hpp"
#include "support/redis_error.hpp"
#include "support/redis_server.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {

// The way to a private server, without a login; with TLS and its own authority where it has it.
inline redis::Endpoint endpoint_of(const RedisServer& server, const RedisOptions& options = {}) {
    redis::Endpoint endpoint;
    if (options.unix_socket) {
        endpoint.transport = redis::TransportKind::unix_socket;
        endpoint.path = server.socket();
        return endpoint;
    }
    endpoint.host = "127.0.0.1";
    endpoint.port = server.port();
    if (options.tls) {
        endpoint.transport = redis::TransportKind::tls;
        endpoint.ca_file = server.certificates().ca();
    }
    return endpoint;
}

// Until a client waits in a blocking command.
inline void wait_for_blocked_reader(const RedisServer& server) {
    const auto blocked = [&] {
        return server.cli({"INFO", "clients"}).find("blocked_clients:1") != std::string::npos;
    };
    wait_until(blocked, std::chrono::seconds(10), "the reader blocks");
}

}  // namespace nexus::test
