#include "engine/volume_users.hpp"

#include <doctest/doctest.h>

#include <nexus/codec.hpp>

#include "unit/engine/malformed.hpp"

namespace nexus::engine {
namespace {

TEST_CASE("the volumes of a container are those that have a name") {
    const auto user = parse_volume_user(
        R"({"Name":"/run","State":{"Status":"exited"},"Mounts":[{"Type":"bind","Source":"/x"},)"
        R"({"Type":"volume","Name":"a"},{"Type":"volume","Name":""}]})");
    CHECK(user.container == "run");
    CHECK(user.stopped);
    CHECK(user.volumes == std::vector<std::string>{"a"});
    CHECK(parse_volume_user(R"({"Name":"run","State":{"Status":"created"},"Mounts":null})")
              .volumes.empty());
}

TEST_CASE("only a state that is known to hold nothing counts as stopped") {
    const auto stopped = [](const std::string& word) {
        return parse_volume_user(R"({"Name":"run","State":{"Status":")" + word + R"("}})").stopped;
    };
    for (const char* word : {"created", "configured", "exited", "stopped", "dead"})
        CHECK_MESSAGE(stopped(word), word);
    for (const char* word : {"running", "paused", "restarting", "removing", "initialized",
                             "stopping", "unknown", "anything"})
        CHECK_MESSAGE(!stopped(word), word);
}

TEST_CASE("users of another shape are refused") {
    const MalformedCase cases[] = {
        {"user",
         [](std::string_view t) { parse_volume_user(t); },
         {"[]", "{}", R"({"Name":"a"})", R"({"Name":"a","State":{}})",
          R"({"Name":"a","State":{"Status":"exited"},"Mounts":{}})",
          R"({"Name":"a","State":{"Status":"exited"},"Mounts":[{"Name":7}]})"}},
        {"ids", [](std::string_view t) { parse_ids(t); }, {"{}", "[{}]", R"([{"Id":7}])"}},
    };
    check_malformed(cases);
}

}  // namespace
}  // namespace nexus::engine
