#include "engine/image_reference.hpp"

#include <doctest/doctest.h>

#include <nexus/backend.hpp>

namespace nexus::engine {
namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

TEST_CASE("a reference comes apart into repository and version") {
    const struct {
        std::string text, repository, version;
    } cases[] = {
        {"app:1.0.0", "app", "1.0.0"},
        {"ghcr.io/team/app:1", "ghcr.io/team/app", "1"},
        {"127.0.0.1:5000/app:1", "127.0.0.1:5000/app", "1"},
        {"[::1]:5000/app:1", "[::1]:5000/app", "1"},
        {"app@" + digest, "app", digest},
        {"host:5000/app:1.2@" + digest, "host:5000/app", digest},
        {"team/my_app-x:a-B_c.9", "team/my_app-x", "a-B_c.9"},
    };
    for (const auto& c : cases) {
        const ImageReference image = parse_image(c.text);
        CHECK(image.repository == c.repository);
        CHECK(image.version == c.version);
    }
}

TEST_CASE("a reference that would pull something else, or every tag, is refused") {
    const std::string cases[] = {
        "",
        "app",
        "host:5000/app",
        ":1",
        "app:",
        "app:1 2",
        "app:1/2",
        "app@",
        "app@sha256",
        "app:@" + digest,
        "@" + digest,
        "/app:1",
        "app/:1",
        "a//b:1",
        "../x:1",
        "a/../b:1",
        "a/./b:1",
        "app:1?x=1",
        "app:1&tag=2",
        "app:1\n",
        std::string("app:1\0", 6),
        "app:" + std::string(600, 'a'),
        digest,
    };
    for (const auto& text : cases) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_image(text), BackendError);
    }
}

}  // namespace
}  // namespace nexus::engine
