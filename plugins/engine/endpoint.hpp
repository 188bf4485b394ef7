// Where an engine listens, and how messages call it. Threads: as plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nexus::engine {

struct Endpoint {
    std::string text;  // as it was configured
    std::string path;  // of a unix socket; empty for TCP
    std::string host;  // of TCP, an IPv6 address without its brackets
    std::uint16_t port = 0;
};

// Reads unix:///path or tcp://host:port. Throws BackendError `invalid`.
Endpoint parse_endpoint(std::string_view text);

struct Engine {
    std::string product;  // "Docker Engine"
    std::string daemon;   // the program that serves it, "dockerd"
    Endpoint endpoint;

    // "the Docker Engine at unix:///var/run/docker.sock"
    std::string name() const { return "the " + product + " at " + endpoint.text; }
};

}  // namespace nexus::engine
