#include "engine/config.hpp"

#include <doctest/doctest.h>

#include <nexus/backend.hpp>

namespace nexus::engine {
namespace {

TEST_CASE("a configuration that says nothing means the usual socket") {
    for (const char* text : {"", "{}", R"({"endpoint":null})"}) {
        const Config config = parse_config(text, "docker", "unix:///usual.sock");
        CHECK(config.endpoint == "unix:///usual.sock");
        CHECK(config.max_parallel >= 1);
    }
}

TEST_CASE("a configuration is read") {
    const Config config =
        parse_config(R"({"endpoint":"tcp://h:1","max_parallel":7,"volume_access":"archive"})",
                     "docker", "unix:///x");
    CHECK(config.endpoint == "tcp://h:1");
    CHECK(config.max_parallel == 7);
    CHECK(config.volume_access == "archive");
    CHECK(parse_config("", "docker", "unix:///x").volume_access == "auto");
}

TEST_CASE("a configuration of the wrong shape is refused by the name of the member") {
    const struct {
        const char *text, *problem;
    } cases[] = {
        {"nonsense", "the docker plugin's configuration"},
        {"[]", "configuration"},
        {R"({"endpoint":7})", "/endpoint"},
        {R"({"max_parallel":"2"})", "/max_parallel"},
        {R"({"max_parallel":-1})", "max_parallel"},
        {R"({"max_parallel":1025})", "max_parallel"},
        {R"({"volume_access":"somehow"})", "volume_access"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        try {
            parse_config(c.text, "docker", "unix:///x");
            FAIL("taken");
        } catch (const BackendError& error) {
            CHECK(error.code() == Code::invalid);
            CHECK(std::string_view(error.what()).find(c.problem) != std::string_view::npos);
        }
    }
}

}  // namespace
}  // namespace nexus::engine
