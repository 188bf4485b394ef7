#include "docker/protocol.hpp"

#include <doctest/doctest.h>

#include "engine/requests.hpp"
#include "unit/engine/fake_engine.hpp"

namespace nexus::docker {
namespace {

using engine::error_of;
using engine::FakeEngine;
using engine::http;

std::string pong(const std::string& version) {
    return http(200, "OK", "Api-Version: " + version + "\r\n");
}

bool says(const BackendError& error, std::string_view text) {
    return std::string_view(error.what()).find(text) != std::string_view::npos;
}

void connect(const std::string& endpoint) {
    engine::ApiClient(endpoint, dialect().protocol);
}

TEST_CASE("both sides speak the newest version that both know") {
    const engine::Engine engine{"Docker Engine", "dockerd", {"unix:///x", "/x", "", 0}};
    CHECK(negotiate(engine, "1.41").version == "1.41");
    CHECK(negotiate(engine, "1.43").prefix == "/v1.43");
    CHECK(negotiate(engine, "1.51").version == newest_api.text());
    const auto old = error_of([&] { negotiate(engine, "1.40"); });
    CHECK(old.code() == Code::unsupported);
    CHECK(std::string(old.what()) ==
          "the Docker Engine at unix:///x is too old: it speaks API 1.40, at least 1.41 "
          "(Docker Engine 20.10) is needed");
    for (const char* version : {"", "new", "1"}) {
        const auto foreign = error_of([&] { negotiate(engine, version); });
        CHECK(foreign.code() == Code::unsupported);
        CHECK(says(foreign, "is it a Docker Engine?"));
    }
}

TEST_CASE("requests carry the version that was agreed on") {
    std::string seen;
    const FakeEngine fake([&seen](engine::Peer& peer) {
        peer.read_request();
        peer.send(pong("1.42"));
        seen = peer.read_request();
        peer.send(http(200, "[]"));
        peer.wait_for_close();
    });
    {
        engine::ApiClient client(fake.endpoint(), dialect().protocol);
        client.call(engine::within(std::chrono::seconds(5)), engine::list_containers({}),
                    "listing");
        CHECK(client.api_version() == "1.42");
    }
    CHECK(seen.starts_with("GET /v1.42/containers/json?all=1 HTTP/1.1\r\n"));
}

TEST_CASE("an engine that is absent, foreign or in trouble is refused at once") {
    const auto absent = error_of([] { connect("unix:///nonexistent/docker.sock"); });
    CHECK(absent.code() == Code::unavailable);
    CHECK(
        says(absent, "unix:///nonexistent/docker.sock cannot be reached: there is no such socket"));
    CHECK(error_of([] { connect("docker.sock"); }).code() == Code::invalid);
    const FakeEngine foreign(FakeEngine::always(http(200, "welcome")));
    CHECK(error_of([&] { connect(foreign.endpoint()); }).code() == Code::unsupported);
    const FakeEngine sick(FakeEngine::always(http(503, R"({"message":"starting up"})")));
    const auto error = error_of([&] { connect(sick.endpoint()); });
    CHECK(error.code() == Code::unavailable);
    CHECK(says(error, "starting up"));
}

}  // namespace
}  // namespace nexus::docker
