#include "engine/endpoint.hpp"

#include <doctest/doctest.h>

#include <nexus/backend.hpp>

namespace nexus::engine {
namespace {

TEST_CASE("an endpoint is a unix socket or a host and a port") {
    const Endpoint local = parse_endpoint("unix:///var/run/docker.sock");
    CHECK(local.path == "/var/run/docker.sock");
    CHECK(local.text == "unix:///var/run/docker.sock");
    const Endpoint remote = parse_endpoint("tcp://127.0.0.1:2375");
    CHECK(remote.path.empty());
    CHECK(remote.host == "127.0.0.1");
    CHECK(remote.port == 2375);
    const Endpoint six = parse_endpoint("tcp://[::1]:65535");
    CHECK(six.host == "::1");
    CHECK(six.port == 65535);
}

TEST_CASE("an endpoint that is neither is refused with its mend") {
    const struct {
        std::string text, mend;
    } cases[] = {
        {"", "must begin with unix:// or tcp://"},
        {"/var/run/docker.sock", "must begin with unix:// or tcp://"},
        {"http://127.0.0.1:2375", "must begin with unix:// or tcp://"},
        {"unix://", "must be absolute"},
        {"unix://run/docker.sock", "must be absolute"},
        {"unix:///" + std::string(107, 'a'), "at most 107 bytes"},
        {std::string("unix:///a\0b", 11), "NUL"},
        {"tcp://", "tcp://host:port"},
        {"tcp://127.0.0.1", "tcp://host:port"},
        {"tcp://:2375", "tcp://host:port"},
        {"tcp://::1:2375", "in brackets"},
        {"tcp://user@host:2375", "tcp://host:port"},
        {"tcp://host:2375/path", "tcp://host:port"},
        {"tcp://host:", "from 1 to 65535"},
        {"tcp://host:0", "from 1 to 65535"},
        {"tcp://host:65536", "from 1 to 65535"},
        {"tcp://host:-1", "from 1 to 65535"},
        {"tcp://host:80x", "from 1 to 65535"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        try {
            parse_endpoint(c.text);
            FAIL("taken");
        } catch (const BackendError& error) {
            CHECK(error.code() == Code::invalid);
            CHECK(std::string(error.what()).find(c.mend) != std::string::npos);
        }
    }
}

TEST_CASE("messages call an engine by its product and its endpoint") {
    const Engine engine{"Docker Engine", "dockerd", parse_endpoint("unix:///x")};
    CHECK(engine.name() == "the Docker Engine at unix:///x");
}

}  // namespace
}  // namespace nexus::engine
