#include "podman/protocol.hpp"

#include <doctest/doctest.h>

#include "unit/engine/fake_engine.hpp"

namespace nexus::podman {
namespace {

using engine::error_of;

const engine::Engine podman{"Podman service", "podman", {"unix:///x", "/x", "", 0}};

TEST_CASE("every engine from 4.0 on is spoken to in the same way") {
    for (const char* version : {"4.0", "4.0.0", "4.3.1", "5.0.0-dev", "10.1.2"}) {
        CAPTURE(version);
        const auto agreement = negotiate(podman, version);
        CHECK(agreement.version == version);
        CHECK(agreement.prefix == "/v4.0.0/libpod");
    }
}

TEST_CASE("an engine that is too old, or another one, is refused with the mend") {
    const auto old = error_of([] { negotiate(podman, "3.4.4"); });
    CHECK(old.code() == Code::unsupported);
    CHECK(std::string(old.what()) ==
          "the Podman service at unix:///x is too old: it speaks libpod API 3.4.4, at least 4.0 "
          "(Podman 4.0) is needed");
    for (const char* version : {"", "new", "4", "4.", "4.x.1"}) {
        CAPTURE(version);
        const auto foreign = error_of([&] { negotiate(podman, version); });
        CHECK(foreign.code() == Code::unsupported);
        CHECK(std::string_view(foreign.what()).ends_with("is it Podman?"));
    }
}

TEST_CASE("another kind of engine is told from Podman by its ping") {
    const engine::FakeEngine docker(
        engine::FakeEngine::always(engine::http(200, "OK", "Api-Version: 1.41\r\n")));
    const auto error = error_of([&] { engine::ApiClient(docker.endpoint(), dialect().protocol); });
    CHECK(error.code() == Code::unsupported);
}

TEST_CASE("the socket is that of all users, or else one's own") {
    CHECK(default_endpoint(true, 0) == "unix:///run/podman/podman.sock");
    CHECK(default_endpoint(false, 0) == "unix:///run/podman/podman.sock");
    CHECK(default_endpoint(true, 1000) == "unix:///run/podman/podman.sock");
    CHECK(default_endpoint(false, 1000) == "unix:///run/user/1000/podman/podman.sock");
}

TEST_CASE("an image without a registry was built here or is Docker's") {
    using Names = std::vector<std::string>;
    CHECK(image_names({"app", "1"}) == Names{"localhost/app:1", "docker.io/library/app:1"});
    CHECK(image_names({"team/app", "1"}) == Names{"localhost/team/app:1", "docker.io/team/app:1"});
    CHECK(image_names({"app", "sha256:a"}).back() == "docker.io/library/app@sha256:a");
    for (const char* full : {"localhost/app", "ghcr.io/team/app", "host:5000/app", "[::1]:5000/a"})
        CHECK(image_names({full, "1"}) == Names{std::string(full) + ":1"});
}

}  // namespace
}  // namespace nexus::podman
