#include "docker/answers.hpp"

#include <doctest/doctest.h>

#include "unit/engine/malformed.hpp"

namespace nexus::docker {
namespace {

TEST_CASE("networks are read") {
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

TEST_CASE("what a container uses is read, without files that can be dropped") {
    const auto stats = parse_stats(
        R"({"read":"2026-11-26T19:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":41402091},"online_cpus":2},)"
        R"("memory_stats":{"usage":1000,"limit":67108864,"stats":{"total_inactive_file":300}},)"
        R"("pids_stats":{"current":3},"networks":{"eth0":{"rx_bytes":1,"tx_bytes":2},)"
        R"("eth1":{"rx_bytes":10,"tx_bytes":20}}})");
    CHECK(stats.cpu_ns == 41'402'091);
    CHECK(stats.memory_bytes == 700);
    CHECK(stats.memory_limit_bytes == 0);
    CHECK(stats.pids == 3);
    CHECK(stats.network_in_bytes == 11);
    CHECK(stats.network_out_bytes == 22);
    const auto more_inactive = parse_stats(
        R"({"read":"2026-11-26T19:00:00Z","memory_stats":{"usage":5,"stats":{"inactive_file":9}}})");
    CHECK(more_inactive.memory_bytes == 0);
    CHECK(parse_stats(R"({"read":"0001-01-01T00:00:00Z","pids_stats":{}})").pids == 0);
}

TEST_CASE("answers of another shape are refused") {
    const engine::MalformedCase cases[] = {
        {"network",
         [](std::string_view t) { parse_network(t); },
         {"{}", R"({"Id":"1"})", R"({"Id":"1","Name":"n","IPAM":[]})"}},
        {"networks", [](std::string_view t) { parse_networks(t); }, {"{}", "[{}]", "null"}},
        {"info",
         [](std::string_view t) { parse_info(t); },
         {"{}", R"({"ServerVersion":"1","NCPU":"2"})"}},
        {"stats",
         [](std::string_view t) { parse_stats(t); },
         {"{}", R"({"read":"x","cpu_stats":[]})", R"({"read":"x","pids_stats":{"current":"1"}})"}},
    };
    engine::check_malformed(cases);
}

}  // namespace
}  // namespace nexus::docker
