// What the tests of core/redis on a real server share. Threads: one at a time.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "redis/endpoint.hpp"
#include "redis/error.hpp"
#include "support/redis_server.hpp"

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

struct Caught {
    redis::ErrorKind kind{};
    std::string message;
    bool says(const std::string& text) const { return message.find(text) != std::string::npos; }
};

inline Caught caught(const std::function<void()>& action) {
    try {
        action();
    } catch (const redis::Error& error) {
        return {error.kind(), error.what()};
    }
    FAIL("nothing was thrown");
    return {};
}

}  // namespace nexus::test
