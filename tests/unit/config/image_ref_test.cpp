#include "config/image_ref.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace nexus::config;

namespace {

const std::string hex64(64, 'a');

std::string refusal(std::string_view text) {
    const auto parsed = ImageRef::parse(text);
    const auto* problem = std::get_if<std::string>(&parsed);
    return problem != nullptr ? *problem : "";
}

ImageRef image(std::string_view text) {
    auto parsed = ImageRef::parse(text);
    if (const auto* problem = std::get_if<std::string>(&parsed)) FAIL(*problem);
    return std::get<ImageRef>(std::move(parsed));
}

std::vector<ImagePrefix> prefixes(std::string_view text) {
    auto parsed = parse_image_prefixes(text);
    if (const auto* problem = std::get_if<std::string>(&parsed)) FAIL(*problem);
    return std::get<std::vector<ImagePrefix>>(std::move(parsed));
}

}  // namespace

TEST_CASE("a pinned image is taken apart as the engines do") {
    struct Row {
        std::string text, registry, path, tag;
    };
    for (const Row& row :
         {Row{"busybox:1.36", "docker.io", "library/busybox", "1.36"},
          Row{"acme/nexus:1", "docker.io", "acme/nexus", "1"},
          Row{"docker.io/busybox:1", "docker.io", "library/busybox", "1"},
          Row{"index.docker.io/acme/x:1", "docker.io", "acme/x", "1"},
          Row{"ghcr.io/acme/nexus:v1.4.2", "ghcr.io", "acme/nexus", "v1.4.2"},
          Row{"localhost/x:1", "localhost", "x", "1"},
          Row{"localhost:5000/x:1", "localhost:5000", "x", "1"},
          Row{"registry:5000/a/b/c:_t-a.g", "registry:5000", "a/b/c", "_t-a.g"},
          Row{"10.0.0.2:5000/a__b/c-d--e.f:1", "10.0.0.2:5000", "a__b/c-d--e.f", "1"},
          Row{"busybox@sha256:" + hex64, "docker.io", "library/busybox", ""},
          Row{"busybox:latest@sha256:" + hex64, "docker.io", "library/busybox", "latest"},
          Row{"a/b@sha512:" + hex64 + hex64, "docker.io", "a/b", ""}}) {
        CAPTURE(row.text);
        const ImageRef parsed = image(row.text);
        CHECK(parsed.text() == row.text);
        CHECK(parsed.registry() == row.registry);
        CHECK(parsed.repository_path() == row.path);
        CHECK(parsed.tag() == row.tag);
    }
    CHECK(image("busybox@sha256:" + hex64).digest() == "sha256:" + hex64);
}

TEST_CASE("an image that is not pinned is refused with the mend") {
    for (const char* text : {"busybox", "ghcr.io/acme/nexus", "localhost:5000/nexus"}) {
        CAPTURE(text);
        CHECK(refusal(text).find("has no tag") == 0);
    }
    for (const char* text : {"busybox:latest", "ghcr.io/acme/nexus:latest"}) {
        CAPTURE(text);
        CHECK(refusal(text).find("latest, which moves") != std::string::npos);
    }
}

TEST_CASE("a placeholder is refused by its name") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"ghcr.io/<org>/nexus:1", "(<)"}, Row{"ghcr.io/your-org/nexus:1", "(your-org)"},
          Row{"REPLACE_WITH_IMAGE", "(REPLACE_WITH)"},
          Row{"ghcr.io/acme/nexus:REPLACE_WITH_TAG", "(REPLACE_WITH)"},
          Row{"ghcr.io/acme/nexus:<tag>", "(<)"}}) {
        CAPTURE(row.text);
        CHECK(refusal(row.text).find("placeholder") != std::string::npos);
        CHECK(refusal(row.text).find(row.part) != std::string::npos);
    }
}

TEST_CASE("an image's id is no reference") {
    CHECK(refusal("sha256:" + hex64).find("is an image's id") == 0);
}

TEST_CASE("a malformed image is refused") {
    const std::string bad_tag(129, 'a');
    const std::string long_name(256, 'a');
    for (const std::string& text : {std::string(),
                                    std::string(":1"),
                                    std::string("/x:1"),
                                    std::string("x/:1"),
                                    std::string("a//b:1"),
                                    std::string("Busybox:1"),
                                    std::string("ghcr.io/Acme/x:1"),
                                    std::string("busybox:"),
                                    std::string("busybox:1:2"),
                                    std::string("busybox:-1"),
                                    std::string("busybox:1 "),
                                    std::string(" busybox:1"),
                                    std::string("busy box:1"),
                                    std::string("busybox:1\n"),
                                    std::string("-busybox:1"),
                                    std::string("busybox-:1"),
                                    std::string("a___b:1"),
                                    std::string("a.._b:1"),
                                    std::string("a._b:1"),
                                    std::string("a..b:1"),
                                    std::string("../x:1"),
                                    std::string("x@sha256:1234"),
                                    std::string("x:1@"),
                                    "x@sha256:" + hex64 + "a",
                                    "x@sha256:" + std::string(64, 'G'),
                                    "x@sha256:" + std::string(64, 'A'),
                                    "x@md5:" + hex64,
                                    "x@" + hex64,
                                    "x@sha256:" + hex64 + "@sha256:" + hex64,
                                    "x:" + bad_tag,
                                    long_name + ":1",
                                    std::string("https://ghcr.io/x:1"),
                                    std::string("-x.io/a:1"),
                                    std::string("x..io/a:1"),
                                    std::string("x.io:99999/a:1"),
                                    std::string("x.io:/a:1"),
                                    std::string("a.io/b.io:5000/c:1"),
                                    std::string("bus\xC3\xA9:1"),
                                    std::string("x:1\0", 4)}) {
        CAPTURE(text);
        CHECK(refusal(text).find("is malformed") == 0);
    }
}

TEST_CASE("a refusal never repeats the text") {
    CHECK(refusal("https://user:hunter2@ghcr.io/x:1").find("hunter2") == std::string::npos);
}

TEST_CASE("IMAGE_ALLOW matches whole components of a path") {
    const auto allow = prefixes("ghcr.io/acme, docker.io/library/busybox,registry:5000");
    for (const char* text : {"ghcr.io/acme/nexus:1", "ghcr.io/acme/a/b:1", "busybox:1",
                             "docker.io/library/busybox:1", "registry:5000/any/thing:1"}) {
        CAPTURE(text);
        CHECK(allowed(image(text), allow));
    }
    for (const char* text : {"ghcr.io/acme-evil/nexus:1", "ghcr.io/acm/nexus:1",
                             "ghcr.io/x/acme/y:1", "evil.io/ghcr.io/acme:1", "busybox2:1",
                             "acme/nexus:1", "registry:5001/any/thing:1", "alpine:3"}) {
        CAPTURE(text);
        CHECK_FALSE(allowed(image(text), allow));
    }
    CHECK(allowed(image("ghcr.io/acme:1"), allow));
    CHECK(allowed(image("anything:1"), {}));
}

TEST_CASE("an IMAGE_ALLOW entry without a registry, or with more than a path, is refused") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"acme", "begin with a registry"}, Row{"acme/nexus", "begin with a registry"},
          Row{"ghcr.io/acme,", "entry 2"}, Row{"", "entry 1"}, Row{"ghcr.io/acme/", "malformed"},
          Row{"ghcr.io/", "malformed"}, Row{"ghcr.io/acme:1", "malformed"},
          Row{"ghcr.io/acme/*", "malformed"}, Row{"ghcr.io/Acme", "malformed"},
          Row{"ghcr.io/your-org", "placeholder"}, Row{"ghcr.io/<org>", "placeholder"},
          Row{"https://ghcr.io/acme", "begin with a registry"}}) {
        CAPTURE(row.text);
        const auto parsed = parse_image_prefixes(row.text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find(row.part) != std::string::npos);
    }
}

TEST_CASE("a tag alone follows the same pinning rule") {
    CHECK_FALSE(image_tag_problem("1.4.2").has_value());
    CHECK_FALSE(image_tag_problem("v1_a-b").has_value());
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row : {Row{"latest", "which moves"}, Row{"", "no tag"}, Row{"1.4 ", "no tag"},
                           Row{"-1", "no tag"}, Row{"x:1", "no tag"},
                           Row{"REPLACE_WITH_TAG", "placeholder"}, Row{"<tag>", "placeholder"}}) {
        CAPTURE(row.text);
        const auto problem = image_tag_problem(row.text);
        REQUIRE(problem.has_value());
        CHECK(problem->find(row.part) != std::string::npos);
    }
}
