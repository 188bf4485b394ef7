#include "engine/container_answers.hpp"

#include <doctest/doctest.h>

#include "engine/object_answers.hpp"
#include "unit/engine/malformed.hpp"

namespace nexus::engine {
namespace {

std::string inspected(const std::string& state) {
    return R"({"Id":"1","Name":"/a","RestartCount":3,"Config":{"Image":"app:1","Labels":{"k":"v"}},)"
           R"("HostConfig":{"Memory":67108864},)"
           R"("State":)" +
           state + "}";
}

TEST_CASE("an inspected container is read") {
    const auto [state, tty, memory] = parse_container(inspected(
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
    CHECK(memory == 67'108'864);
}

TEST_CASE("the mounts of an inspected container are read, and their absence is none") {
    const auto mounts =
        parse_container(
            R"({"Id":"1","Name":"a","State":{"Status":"running"},"Mounts":[)"
            R"({"Type":"bind","Source":"/opt/t","Destination":"/opt/t","Mode":"ro","RW":false},)"
            R"({"Type":"volume","Name":"v","Source":"/v/_data","Destination":"/data","RW":true},)"
            R"({"Type":"tmpfs","Destination":"/tmp","RW":true}]})")
            .state.mounts;
    REQUIRE(mounts.size() == 3);
    CHECK(mounts[0].source == "/opt/t");
    CHECK(mounts[0].read_only);
    CHECK(mounts[1].target == "/data");
    CHECK_FALSE(mounts[1].read_only);
    CHECK(mounts[2].source.empty());
    CHECK(parse_container(inspected(R"({"Status":"exited"})")).state.mounts.empty());
    for (const char* wrong : {"{}", "[7]", R"([{"Source":7}])", R"([{"RW":"yes"}])"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(parse_container(R"({"Id":"1","Name":"a","State":{"Status":"running"},)"
                                        R"("Mounts":)" +
                                        std::string(wrong) + "}"),
                        codec::Malformed);
    }
}

TEST_CASE("where a container's ports are published is read, in the words of both engines") {
    const auto published = [](const std::string& mode, const std::string& ports) {
        return parse_container(R"({"Id":"1","Name":"a","State":{"Status":"running"},"HostConfig":)"
                               R"({"NetworkMode":")" +
                               mode + R"("},"NetworkSettings":{"Ports":)" + ports + "}}")
            .state.published;
    };
    using Addresses = std::vector<std::string>;
    CHECK(published("default", R"({"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"1"},{"HostIp":"::"}],)"
                               R"("81/tcp":null,"82/tcp":[]})") == Addresses{"0.0.0.0", "::"});
    CHECK(published("bridge", R"({"80/tcp":[{"HostIp":""}]})") == Addresses{"0.0.0.0"});
    CHECK(published("host", "{}") == Addresses{"*"});
    CHECK(published("bridge", "null").empty());
    for (const char* wrong : {"[]", R"({"80/tcp":7})", R"({"80/tcp":[{"HostIp":7}]})"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(published("bridge", wrong), codec::Malformed);
    }
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

TEST_CASE("the states that Podman alone has are ours as well") {
    const struct {
        const char* word;
        Phase phase;
    } cases[] = {{"configured", Phase::created},
                 {"initialized", Phase::created},
                 {"stopping", Phase::running},
                 {"stopped", Phase::exited},
                 {"unknown", Phase::dead}};
    for (const auto& c : cases) {
        CAPTURE(c.word);
        const auto inspection =
            parse_container(inspected(R"({"Status":")" + std::string(c.word) + "\"}"));
        CHECK(inspection.state.phase == c.phase);
    }
    const auto states = parse_containers(
        R"([{"Id":"1","Names":["a"],"State":"running","Status":"starting","Labels":null},)"
        R"({"Id":"2","Names":["b"],"State":"running","Status":"healthy"},)"
        R"({"Id":"3","Names":["c"],"State":"running","Status":"unhealthy"},)"
        R"({"Id":"4","Names":["d"],"State":"running","Status":""}])");
    REQUIRE(states.size() == 4);
    CHECK(states[0].name == "a");
    CHECK(states[0].health == Health::starting);
    CHECK(states[1].health == Health::healthy);
    CHECK(states[2].health == Health::unhealthy);
    CHECK(states[3].health == Health::none);
}

TEST_CASE("what containers were made from is read, and never left out") {
    const auto used = parse_used_images(
        R"([{"Id":"1","Image":"app:1","ImageID":"sha256:aa"},{"Image":"","ImageID":""}])");
    REQUIRE(used.size() == 2);
    CHECK(used[0].name == "app:1");
    CHECK(used[0].id == "sha256:aa");
    CHECK(used[1].id.empty());
    CHECK(parse_used_images("[]").empty());
}

TEST_CASE("the names of an image are read") {
    const auto names = parse_image_names(
        R"({"Id":"1","RepoTags":["a:1","b:1"],"RepoDigests":["a@sha256:aa"],"Size":7})");
    CHECK(names.id == "1");
    CHECK(names.tags == std::vector<std::string>{"a:1", "b:1"});
    CHECK(names.digests == std::vector<std::string>{"a@sha256:aa"});
    CHECK(parse_image_names(R"({"Id":"1","RepoTags":null})").tags.empty());
}

TEST_CASE("volumes and ids are read") {
    const auto volume =
        parse_volume(R"({"Name":"v","Mountpoint":"/m","Labels":{"a":"b"},"Driver":"local"})");
    CHECK(volume.name == "v");
    CHECK(volume.mountpoint == "/m");
    CHECK(volume.labels == Labels{{"a", "b"}});
    CHECK(parse_id(R"({"Id":"sha256:1","Warnings":[]})") == "sha256:1");
}

TEST_CASE("answers of another shape are refused") {
    const MalformedCase cases[] = {
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
        {"image names",
         [](std::string_view t) { parse_image_names(t); },
         {"{}", "[]", R"({"Id":"1","RepoTags":"a:1"})", R"({"RepoTags":["a:1"]})"}},
        {"used images",
         [](std::string_view t) { parse_used_images(t); },
         {"{}", "[1]", "[{}]", R"([{"Image":"app:1"}])", R"([{"ImageID":"1"}])",
          R"([{"Image":"app:1","ImageID":7}])"}},
        {"volume", [](std::string_view t) { parse_volume(t); }, {"{}", "[]", R"({"Name":1})"}},
        {"id", [](std::string_view t) { parse_id(t); }, {"{}", "[]", R"({"Id":7})"}},
    };
    check_malformed(cases);
}

}  // namespace
}  // namespace nexus::engine
