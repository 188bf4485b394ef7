#include "podman/requests.hpp"

#include <doctest/doctest.h>

namespace nexus::podman {
namespace {

std::string line(const engine::Request& request) {
    return request.method + " " + request.target;
}

TEST_CASE("what the engine alone has is asked for in its words") {
    CHECK(line(inspect_volume("v")) == "GET /volumes/v/json");
    CHECK(line(inspect_network("n")) == "GET /networks/n/json");
    CHECK(line(remove_network("n")) == "DELETE /networks/n");
    CHECK(line(container_stats("1")) == "GET /containers/stats?stream=false&containers=1");
    CHECK(line(run_health_check("1")) == "GET /containers/1/healthcheck");
    CHECK_FALSE(run_health_check("1").idempotent);
}

TEST_CASE("every network is isolated") {
    CHECK(create_network({"n", "10.231.0.16/28", {{"a", "b"}}}).body ==
          R"({"name":"n","driver":"bridge","dns_enabled":false,"labels":{"a":"b"},)"
          R"("options":{"isolate":"true"},"subnets":[{"subnet":"10.231.0.16/28"}]})");
    CHECK(create_network({"n", "", {}}).body ==
          R"({"name":"n","driver":"bridge","dns_enabled":false,"labels":{},)"
          R"("options":{"isolate":"true"}})");
}

TEST_CASE("a pull names the whole image, and skips TLS on this machine only") {
    CHECK(line(pull_image({"app", "1"}, {})) ==
          "POST /images/pull?reference=docker.io%2Flibrary%2Fapp%3A1&policy=missing");
    CHECK(line(pull_image({"ghcr.io/team/app", "sha256:aa"}, {})) ==
          "POST /images/pull?reference=ghcr.io%2Fteam%2Fapp%40sha256%3Aaa&policy=missing");
    // No name of a transport, by which the engine would read its own host's files.
    CHECK(
        line(pull_image({"containers-storage", "1"}, {})) ==
        "POST /images/pull?reference=docker.io%2Flibrary%2Fcontainers-storage%3A1&policy=missing");
    for (const char* local :
         {"127.0.0.1:5000/app", "localhost/app", "localhost:5000/app", "[::1]:5000/app"}) {
        CAPTURE(local);
        CHECK(pull_image({local, "1"}, {}).target.ends_with("&tlsVerify=false"));
    }
    for (const char* remote : {"localhost.example/app", "registry/127.0.0.1", "12.0.0.1/app"}) {
        CAPTURE(remote);
        CHECK(pull_image({remote, "1"}, {}).target.find("tlsVerify") == std::string::npos);
    }
    CHECK(pull_image({"app", "1"}, {"r", "me", "it", ""}).headers.contains("X-Registry-Auth"));
}

}  // namespace
}  // namespace nexus::podman
