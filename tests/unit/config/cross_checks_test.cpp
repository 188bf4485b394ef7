#include <doctest/doctest.h>

#include <algorithm>

#include "config/loader.hpp"
#include "support/temp_dir.hpp"
#include "unit/config/fake_surroundings.hpp"

using namespace nexus::config;
using nexus::test::surroundings;
using nexus::test::Variables;

namespace {

std::string problems(Variables variables, bool in_container = false) {
    variables.try_emplace("REDIS_URL", "redis://localhost");
    auto here = surroundings(std::move(variables));
    here.in_container = in_container;
    std::string all;
    for (const auto& problem : load(here, std::nullopt).problems)
        all += problem.setting + ": " + problem.message + "\n";
    return all;
}

}  // namespace

TEST_CASE("settings that do not go together are refused with the mend") {
    struct Row {
        Variables variables;
        const char* part;
    };
    for (const Row& row : {
             Row{{{"REDIS_URL", "redis://10.0.0.2"}}, "REDIS_URL has no password"},
             Row{{{"REDIS_URL", "rediss://redis"}}, "REDIS_URL has no password"},
             Row{{{"REDIS_SENTINELS", "10.0.0.3:26379"}, {"REDIS_MASTER", "m"}},
                 "REDIS_URL has no password"},
             Row{{{"REDIS_SENTINELS", "a:1"}}, "REDIS_SENTINELS is set without REDIS_MASTER"},
             Row{{{"REDIS_MASTER", "m"}}, "REDIS_MASTER is set without REDIS_SENTINELS"},
             Row{{{"REDIS_URL", "unix:///r"},
                  {"REDIS_SENTINELS", "localhost:1"},
                  {"REDIS_MASTER", "m"}},
                 "REDIS_URL names a unix socket"},
             Row{{{"REDIS_URL", "rediss://localhost"}, {"REDIS_CERT_FILE", "/dev/null"}},
                 "REDIS_CERT_FILE is set without REDIS_KEY_FILE"},
             Row{{{"REDIS_URL", "rediss://localhost"}, {"REDIS_KEY_FILE", "/dev/null"}},
                 "REDIS_KEY_FILE is set without REDIS_CERT_FILE"},
             Row{{{"REDIS_CA_FILE", "/dev/null"}},
                 "REDIS_CA_FILE is set, but REDIS_URL is not rediss://"},
             Row{{{"REDIS_URL", "rediss://localhost"}, {"REDIS_CA_FILE", "/nonexistent"}},
                 "REDIS_CA_FILE names /nonexistent"},
             Row{{{"REGISTRY_AUTH_FILE", "/nonexistent"}}, "REGISTRY_AUTH_FILE names /nonexistent"},
             Row{{{"RUNNER_BIND_IP", "0.0.0.0"}}, "RUNNER_BIND_IP is an address that strangers"},
             Row{{{"RUNNER_BIND_IP", "::"}}, "RUNNER_BIND_IP is an address that strangers"},
             Row{{{"RUNNER_BIND_IP", "203.0.113.7"}},
                 "RUNNER_BIND_IP is an address that strangers"},
             Row{{{"LISTEN_ADDRESS", "0.0.0.0:8000"}},
                 "LISTEN_ADDRESS is an address that strangers"},
             Row{{{"LISTEN_ADDRESS", "[::]:8000"}}, "LISTEN_ADDRESS is an address that strangers"},
         }) {
        CAPTURE(row.part);
        const std::string all = problems(row.variables);
        CAPTURE(all);
        CHECK(all.find(row.part) != std::string::npos);
    }
}

TEST_CASE("settings that go together are not refused") {
    for (const Variables& variables :
         {Variables{{"REDIS_URL", "redis://:pw@10.0.0.2"}}, Variables{{"REDIS_URL", "unix:///r"}},
          Variables{{"REDIS_URL", "redis://[::1]"}},
          Variables{{"REDIS_URL", "redis://10.0.0.2"}, {"ALLOW_UNAUTHENTICATED_REDIS", "true"}},
          Variables{{"REDIS_SENTINELS", "localhost:1"}, {"REDIS_MASTER", "m"}},
          Variables{{"REDIS_URL", "rediss://localhost"},
                    {"REDIS_CERT_FILE", "/dev/null"},
                    {"REDIS_KEY_FILE", "/dev/null"}},
          Variables{{"RUNNER_BIND_IP", "10.0.0.3"}, {"LISTEN_ADDRESS", "192.168.1.2:80"}},
          Variables{{"RUNNER_BIND_IP", "0.0.0.0"},
                    {"LISTEN_ADDRESS", "0.0.0.0:1"},
                    {"ALLOW_PUBLIC_BIND", "true"}}}) {
        CHECK(problems(variables) == "");
    }
}

TEST_CASE("inside a container the server may listen on every interface, outside not") {
    CHECK(problems({{"LISTEN_ADDRESS", "0.0.0.0:8000"}}, true) == "");
    CHECK(problems({{"RUNNER_BIND_IP", "0.0.0.0"}}, true) != "");
}

TEST_CASE("a container's id is no name for a node, where it is one") {
    const Variables generated{{"NODE_NAME", "0123456789ab"}};
    CHECK(
        problems(generated, true).find("NODE_NAME is 0123456789ab, which is this container's id") !=
        std::string::npos);
    CHECK(problems(generated, false) == "");
    for (const char* name : {"worker-1", "0123456789a", "0123456789abc", "0123456789ag"})
        CHECK(problems({{"NODE_NAME", name}}, true) == "");
}

TEST_CASE("a stop is given more time than the jobs") {
    const char* part = "STOP_GRACE is no longer than DRAIN_TIMEOUT";
    CHECK(problems({{"STOP_GRACE", "30s"}}).find(part) != std::string::npos);
    CHECK(problems({{"STOP_GRACE", "45s"}, {"DRAIN_TIMEOUT", "5m"}}).find(part) !=
          std::string::npos);
    CHECK(problems({{"STOP_GRACE", "45s"}}) == "");
    CHECK(problems({{"STOP_GRACE", "1m30s"}}) == "");  // compose's to understand
}

TEST_CASE("a URL that could not be read is told of once") {
    const std::string all = problems({{"REDIS_URL", "default:hunter2@10.0.0.2"}});
    CHECK(std::count(all.begin(), all.end(), '\n') == 1);
    CHECK(all.find("hunter2") == std::string::npos);
}
