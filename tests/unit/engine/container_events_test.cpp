#include "engine/container_events.hpp"

#include <doctest/doctest.h>

namespace nexus::engine {
namespace {

EngineEvent event(const std::string& action, Labels attributes) {
    attributes.emplace("name", "tenant_a_runtime");
    attributes.emplace(tenant_label, "a");
    return {"container", action, std::move(attributes), ""};
}

TEST_CASE("both engines' words become ours") {
    const struct {
        const char* theirs;
        Labels attributes;
        const char* ours;
        std::int64_t exit_code;
    } cases[] = {
        {"create", {{"containerExitCode", "0"}}, "created", 0},
        {"start", {}, "started", 0},
        {"die", {{"exitCode", "137"}}, "exited", 137},
        {"died", {{"containerExitCode", "3"}}, "exited", 3},
        {"died", {{"containerExitCode", "x"}}, "exited", 0},
        {"destroy", {}, "removed", 0},
        {"remove", {{"containerExitCode", "9"}}, "removed", 0},
        {"oom", {}, "oom", 0},
        {"health_status: healthy", {}, "health", 0},
    };
    for (const auto& c : cases) {
        CAPTURE(c.theirs);
        const auto translated = translate_event(event(c.theirs, c.attributes));
        REQUIRE(translated);
        CHECK(translated->container == "tenant_a_runtime");
        CHECK(translated->tenant == "a");
        CHECK(translated->action == c.ours);
        CHECK(translated->exit_code == c.exit_code);
    }
}

TEST_CASE("what concerns no container of a tenant is left out") {
    for (const char* action : {"", "exec_create: sh", "exec_died", "pause", "cleanup", ":", "die2"})
        CHECK_FALSE(translate_event(event(action, {})));
    EngineEvent network = event("create", {});
    network.type = "network";
    CHECK_FALSE(translate_event(network));
    CHECK_FALSE(translate_event({"container", "start", {{"name", "a"}}, ""}));
    CHECK_FALSE(translate_event({"container", "start", {{tenant_label, "a"}}, ""}));
    CHECK_FALSE(translate_event({}));
}

}  // namespace
}  // namespace nexus::engine
