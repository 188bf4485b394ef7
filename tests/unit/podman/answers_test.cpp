#include "podman/answers.hpp"

#include <doctest/doctest.h>

#include "unit/engine/malformed.hpp"

namespace nexus::podman {
namespace {

using std::chrono::seconds;

TEST_CASE("a network is read") {
    const auto network = parse_network(
        R"({"name":"n","id":"1","driver":"bridge","created":"2026-11-24T10:20:52Z",)"
        R"("subnets":[{"subnet":"10.0.0.0/28","gateway":"10.0.0.1"},{"subnet":"fd00::/64"}],)"
        R"("internal":false,"labels":{"k":"v"},"options":{"isolate":"true"}})");
    CHECK(network.id == "1");
    CHECK(network.name == "n");
    CHECK(network.subnet == "10.0.0.0/28");
    CHECK(network.labels == Labels{{"k", "v"}});
    CHECK(parse_network(R"({"name":"n","id":"1","subnets":null})").subnet.empty());
}

TEST_CASE("what a container uses is read") {
    const auto stats = parse_stats(
        R"({"Error":null,"Stats":[{"AvgCPU":55.7,"ContainerID":"b8","Name":"a","CPU":55.7,)"
        R"("PerCPU":[1,2],"CPUNano":41402091,"SystemNano":1795515962221687466,"MemUsage":606208,)"
        R"("MemLimit":25276510208,"NetInput":90,"NetOutput":450,"PIDs":3}]})");
    CHECK(stats.cpu_ns == 41'402'091);
    CHECK(stats.memory_bytes == 606'208);
    CHECK(stats.memory_limit_bytes == 0);
    CHECK(stats.pids == 3);
    CHECK(stats.network_in_bytes == 90);
    CHECK(stats.network_out_bytes == 450);
}

TEST_CASE("a removal failed where the engine names an error") {
    CHECK(parse_removal("[]").empty());
    CHECK(parse_removal(R"([{"Id":"1","RawInput":"a"}])").empty());
    CHECK(parse_removal(R"([{"Id":"1","Err":null}])").empty());
    CHECK(parse_removal(R"([{"Id":"1","Err":"busy"}])") == "busy");
    CHECK(parse_removal(R"([{"Id":"1","Err":""}])") == "the engine gave no reason");
}

TEST_CASE("a volume is unused until the engine has given it an owner") {
    CHECK(parse_unused_mountpoint(R"({"Mountpoint":"/v","NeedsChown":true})") == "/v");
    CHECK_FALSE(parse_unused_mountpoint(R"({"Mountpoint":"/v","NeedsChown":false})"));
    CHECK_FALSE(parse_unused_mountpoint(R"({"Mountpoint":"/v"})"));
}

TEST_CASE("a health check is read") {
    const auto check = parse_health_check(
        R"({"State":{"Health":{"Status":"starting","FailingStreak":1,"Log":[)"
        R"({"Start":"1","End":"2","ExitCode":1,"Output":""},{"Start":"3","End":"4"}]}},)"
        R"("Config":{"Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":2000000000,)"
        R"("Timeout":3000000000}}})");
    CHECK(check.defined);
    CHECK(check.interval == seconds(2));
    CHECK(check.timeout == seconds(3));
    CHECK(check.last_run == "4");
    for (const char* none : {"{}", R"({"Config":{"Healthcheck":null},"State":{"Health":null}})",
                             R"({"Config":{"Healthcheck":{"Test":["NONE"]}}})"}) {
        CAPTURE(none);
        CHECK_FALSE(parse_health_check(none).defined);
        CHECK(parse_health_check(none).last_run.empty());
    }
}

TEST_CASE("the times of a health check stay within reason") {
    const struct {
        const char* interval;
        std::chrono::nanoseconds meant;
    } cases[] = {{"0", seconds(30)},
                 {"-1", seconds(30)},
                 {"1", std::chrono::milliseconds(100)},
                 {"9223372036854775807", std::chrono::hours(24)}};
    for (const auto& c : cases) {
        CAPTURE(c.interval);
        const auto check = parse_health_check(
            std::string(R"({"Config":{"Healthcheck":{"Test":["CMD"],"Interval":)") + c.interval +
            "}}}");
        CHECK(check.interval == c.meant);
    }
}

TEST_CASE("what the engine lacks becomes a warning") {
    const auto bare =
        parse_info(R"({"host":{"cpus":2,"memTotal":1024},"version":{"Version":"4.3.1"}})");
    CHECK(bare.engine == "podman");
    CHECK(bare.engine_version == "4.3.1");
    CHECK(bare.cpus == 2);
    CHECK(bare.memory_bytes == 1024);
    CHECK(bare.warnings.size() == 6);
    const std::string host =
        R"({"version":{"Version":"5.0.0"},"host":{"cgroupVersion":"v2","networkBackend":)"
        R"("netavark","cgroupControllers":["cpu","memory","pids"],"security":)";
    CHECK(parse_info(host + R"({"rootless":false,"seccompEnabled":true}}})").warnings.empty());
    CHECK(parse_info(host + R"({"rootless":true,"seccompEnabled":true}}})").warnings.size() == 1);
}

TEST_CASE("answers of another shape are refused") {
    const engine::MalformedCase cases[] = {
        {"network",
         [](std::string_view t) { parse_network(t); },
         {"{}", "[]", R"({"id":"1"})", R"({"id":"1","name":"n","subnets":{}})"}},
        {"stats",
         [](std::string_view t) { parse_stats(t); },
         {"{}", R"({"Error":{},"Stats":null})", R"({"Stats":[]})", R"({"Stats":[{}]})",
          R"({"Stats":[{"ContainerID":"1"},{"ContainerID":"2"}]})",
          R"({"Stats":[{"ContainerID":"1","PIDs":"3"}]})"}},
        {"removal",
         [](std::string_view t) { parse_removal(t); },
         {"{}", "[7]", R"([{"Id":"1","Err":{}}])"}},
        {"unused volume",
         [](std::string_view t) { parse_unused_mountpoint(t); },
         {"[]", R"({"NeedsChown":"yes"})"}},
        {"health check",
         [](std::string_view t) { parse_health_check(t); },
         {"[]", R"({"State":[]})", R"({"Config":{"Healthcheck":{"Test":"x"}}})",
          R"({"Config":{"Healthcheck":{"Interval":"1s"}}})"}},
        {"info",
         [](std::string_view t) { parse_info(t); },
         {"{}", "[]", R"({"version":{"Version":"4.3.1"},"host":{"cpus":"2"}})"}},
    };
    engine::check_malformed(cases);
}

}  // namespace
}  // namespace nexus::podman
