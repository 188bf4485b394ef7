#include "docker/answers.hpp"

#include <doctest/doctest.h>

#include <nexus/codec.hpp>

namespace nexus::docker {
namespace {

std::string inspected(const std::string& state) {
    return R"({"Id":"1","Name":"/a","RestartCount":3,"Config":{"Image":"app:1","Labels":{"k":"v"}},)"
           R"("State":)" +
           state + "}";
}

TEST_CASE("an API version is two numbers") {
    CHECK(parse_api_version("1.41") == ApiVersion{1, 41});
    CHECK(parse_api_version("2.0") == ApiVersion{2, 0});
    CHECK(ApiVersion{1, 9} < ApiVersion{1, 41});
    CHECK(ApiVersion{1, 41}.text() == "1.41");
    for (const char* text : {"", "1", "1.", ".41", "1.41.0", "1.x", "v1.41", "1 .41", "-1.41",
                             "1.-4", "99999999999.1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_api_version(text));
    }
}

TEST_CASE("an inspected container is read") {
    const auto [state, tty] = parse_container(inspected(
        R"({"Status":"exited","Running":false,"Paused":false,"OOMKilled":true,"ExitCode":137,)"
        R"("StartedAt":"2024-01-02T03:04:05.6Z","FinishedAt":"2024-01-02T03:04:06Z",)"
        R"("Health":{"Status":"unhealthy"}})"));
    CHECK(state.id == "1");
    CHECK(state.name == "a");
    CHECK(state.image == "app:1");
    CHECK(state.labels == Labels{{"k", "v"}});
    CHECK(state.phase == Phase::exited);
    CHECK(state.health == Health::none);
    CHECK(state.exit_code == 137);
    CHECK(state.oom_killed);
    CHECK(state.started_at == "2024-01-02T03:04:05.6Z");
    CHECK(state.finished_at == "2024-01-02T03:04:06Z");
    CHECK(state.restarts == 3);
    CHECK_FALSE(tty);
}

TEST_CASE("health counts only while a container runs") {
    const struct {
        const char* state;
        Phase phase;
        Health health;
    } cases[] = {
        {R"({"Status":"running","Running":true,"Health":{"Status":"healthy"}})", Phase::running,
         Health::healthy},
        {R"({"Status":"running","Running":true,"Health":{"Status":"starting"}})", Phase::running,
         Health::starting},
        {R"({"Status":"running","Running":true,"Health":{"Status":"none"}})", Phase::running,
         Health::none},
        {R"({"Status":"running","Running":true,"Health":null})", Phase::running, Health::none},
        {R"({"Status":"paused","Running":true,"Paused":true,"Health":{"Status":"unhealthy"}})",
         Phase::paused, Health::none},
        {R"({"Status":"restarting","Running":true,"ExitCode":1})", Phase::restarting, Health::none},
        {R"({"Status":"created"})", Phase::created, Health::none},
    };
    for (const auto& c : cases) {
        const auto state = parse_container(inspected(c.state)).state;
        CHECK(state.phase == c.phase);
        CHECK(state.health == c.health);
    }
}

TEST_CASE("a container that never ran has no times, one that runs has no exit code") {
    const auto created =
        parse_container(inspected(R"({"Status":"created","StartedAt":"0001-01-01T00:00:00Z",)"
                                  R"("FinishedAt":"0001-01-01T00:00:00Z"})"));
    CHECK(created.state.started_at.empty());
    CHECK(created.state.finished_at.empty());
    const auto running =
        parse_container(inspected(R"({"Status":"running","Running":true,"ExitCode":9})"));
    CHECK(running.state.exit_code == 0);
    const auto between =
        parse_container(inspected(R"({"Status":"restarting","Running":true,"ExitCode":9})"));
    CHECK(between.state.exit_code == 9);
}

TEST_CASE("a listing is read, links of other containers aside") {
    const auto states = parse_containers(R"json([
        {"Id":"1","Names":["/other/alias","/a"],"Image":"app:1","State":"running",
         "Status":"Up 3 minutes (healthy)","Labels":{"k":"v"},"Ports":[],"Mounts":[{}]},
        {"Id":"2","Names":["/b"],"State":"exited","Status":"Exited (137) 1 hour ago","Labels":null},
        {"Id":"3","Names":["/c"],"State":"running","Status":"Up 1 second (health: starting)"},
        {"Id":"4","Names":["/d"],"State":"running","Status":"Up 1 second (unhealthy)"},
        {"Id":"5","Names":["/e"],"State":"paused","Status":"Up 1 second (Paused)"}])json");
    REQUIRE(states.size() == 5);
    CHECK(states[0].name == "a");
    CHECK(states[0].health == Health::healthy);
    CHECK(states[0].labels == Labels{{"k", "v"}});
    CHECK(states[1].phase == Phase::exited);
    CHECK(states[1].labels.empty());
    CHECK(states[2].health == Health::starting);
    CHECK(states[3].health == Health::unhealthy);
    CHECK(states[4].phase == Phase::paused);
    CHECK(parse_containers("[]").empty());
}

TEST_CASE("volumes, networks and ids are read") {
    const auto volume =
        parse_volume(R"({"Name":"v","Mountpoint":"/m","Labels":{"a":"b"},"Driver":"local"})");
    CHECK(volume.name == "v");
    CHECK(volume.mountpoint == "/m");
    CHECK(volume.labels == Labels{{"a", "b"}});
    const auto network = parse_network(
        R"({"Id":"1","Name":"n","Driver":"bridge","Created":"2024","Labels":{},)"
        R"("IPAM":{"Driver":"default","Options":null,"Config":[{"Subnet":"10.0.0.0/28",)"
        R"("Gateway":"10.0.0.1"},{"Subnet":"fd00::/64"}]}})");
    CHECK(network.state.id == "1");
    CHECK(network.state.subnet == "10.0.0.0/28");
    CHECK(network.driver == "bridge");
    const auto networks =
        parse_networks(R"([{"Id":"1","Name":"host","Driver":"host","IPAM":{"Config":null}}])");
    REQUIRE(networks.size() == 1);
    CHECK(networks[0].state.subnet.empty());
    CHECK(parse_id(R"({"Id":"sha256:1","Warnings":[]})") == "sha256:1");
}

TEST_CASE("what the engine lacks becomes a warning") {
    const auto bare = parse_info(
        R"({"ServerVersion":"20.10.24","NCPU":2,"MemTotal":1024,"Warnings":["WARNING: odd"]})");
    CHECK(bare.engine == "docker");
    CHECK(bare.engine_version == "20.10.24");
    CHECK(bare.cpus == 2);
    CHECK(bare.memory_bytes == 1024);
    CHECK(bare.warnings.size() == 7);
    const std::string good =
        R"({"ServerVersion":"20.10.24","MemoryLimit":true,"SwapLimit":true,"CpuCfsQuota":true,)"
        R"("PidsLimit":true,"LiveRestoreEnabled":true,"Warnings":null,"SecurityOptions":)";
    CHECK(parse_info(good + R"(["name=seccomp,profile=default"]})").warnings.empty());
    CHECK(parse_info(good + R"(["name=seccomp,profile=unconfined"]})").warnings.size() == 1);
}

TEST_CASE("answers of another shape are refused") {
    const struct {
        const char* what;
        void (*parse)(std::string_view);
        std::vector<std::string> texts;
    } cases[] = {
        {"container",
         [](std::string_view t) { parse_container(t); },
         {"{}", "[]", inspected("{}"), inspected("[]"), inspected(R"({"Status":"flying"})"),
          inspected(R"({"Status":"exited","ExitCode":"1"})"),
          inspected(R"({"Status":"running","Health":{"Status":"fine"}})"),
          R"({"Id":"1","State":{"Status":"running"}})",
          R"({"Name":"/a","State":{"Status":"running"}})"}},
        {"containers",
         [](std::string_view t) { parse_containers(t); },
         {"{}", "[1]", "[{}]", R"([{"Id":"1","Names":[],"State":"running"}])",
          R"([{"Id":"1","Names":["/x/y"],"State":"running"}])",
          R"([{"Id":"1","Names":"/a","State":"running"}])",
          R"([{"Id":"1","Names":["/a"],"State":"on"}])",
          R"([{"Id":"1","Names":["/a"],"State":"running","Labels":{"a":1}}])"}},
        {"volume", [](std::string_view t) { parse_volume(t); }, {"{}", "[]", R"({"Name":1})"}},
        {"network",
         [](std::string_view t) { parse_network(t); },
         {"{}", R"({"Id":"1"})", R"({"Id":"1","Name":"n","IPAM":[]})"}},
        {"networks", [](std::string_view t) { parse_networks(t); }, {"{}", "[{}]", "null"}},
        {"id", [](std::string_view t) { parse_id(t); }, {"{}", "[]", R"({"Id":7})"}},
        {"info",
         [](std::string_view t) { parse_info(t); },
         {"{}", R"({"ServerVersion":"1","NCPU":"2"})"}},
    };
    for (const auto& c : cases) {
        CAPTURE(c.what);
        for (const auto& text : c.texts) {
            CAPTURE(text);
            CHECK_THROWS_AS(c.parse(text), codec::Malformed);
        }
        for (const std::string text : {"", "nonsense", "{", "7", "\"x\"", "\xff"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(c.parse(text), codec::Malformed);
        }
    }
}

}  // namespace
}  // namespace nexus::docker
