#include "podman/health_checks.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "podman/protocol.hpp"
#include "support/wait_until.hpp"
#include "unit/engine/backend_fixture.hpp"

namespace nexus::podman {
namespace {

using engine::http;
using std::chrono::seconds;

// An engine with one container, whose check has run `runs` times and found it healthy.
struct OneContainer {
    std::atomic<int> runs = 0;      // that were asked for
    std::atomic<int> own_runs = 0;  // that the engine's timers made
    std::atomic<int> looks = 0;
    std::atomic<bool> is_running = true;
    std::atomic<bool> answers = true;  // false: a check never ends

    std::string inspection() {
        ++looks;
        if (own_runs >= 0 && timers) ++own_runs;
        const int done = runs + own_runs;
        return std::string(R"({"Id":"1","Name":"a","State":{"Status":")") +
               (is_running ? "running" : "exited") + R"(","Health":{"Status":")" +
               (done > 0 ? "healthy" : "starting") + R"(","Log":[{"End":")" + std::to_string(done) +
               R"("}]}},"Config":{"Labels":{"io.nexus.tenant":"t"},"Healthcheck":)"
               R"({"Test":["CMD","true"],"Interval":100000000}}})";
    }

    void serve(engine::Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            if (request.starts_with("GET /_ping")) {
                peer.send(http(200, "OK", "Libpod-Api-Version: 4.3.1\r\n"));
            } else if (request.find("/healthcheck ") == std::string::npos) {
                peer.send(http(200, inspection()));
            } else {
                ++runs;
                if (!answers) return peer.wait_for_close();
                peer.send(http(200, R"({"Status":"healthy"})"));
            }
        }
    }

    const bool timers;
    explicit OneContainer(bool has_timers = false) : timers(has_timers) {}
};

struct Fixture {
    explicit Fixture(OneContainer& container)
        : fake([&container](engine::Peer& peer) { container.serve(peer); }) {}

    static void count(void* self, const char* json, std::size_t size) {
        CHECK(std::string_view(json, size) ==
              R"({"container":"a","tenant":"t","action":"health","exit_code":0})");
        ++*static_cast<std::atomic<int>*>(self);
    }

    std::atomic<int> events = 0;
    engine::FakeEngine fake;
    nexus_host host{
        sizeof(nexus_host), NEXUS_BACKEND_ABI_MAJOR, 0, &events, nullptr, &count, nullptr};
    engine::ApiClient client{fake.endpoint(), dialect().protocol};
    HealthChecks checks{client, PluginHost(&host)};
};

ContainerState starting() {
    ContainerState state;
    state.id = "1";
    state.name = "a";
    state.phase = Phase::running;
    state.health = Health::starting;
    return state;
}

TEST_CASE("where nobody runs a check it is run again and again, and a change is reported once") {
    OneContainer container;
    Fixture f(container);
    f.checks.watch(starting());
    f.checks.watch(starting());
    test::wait_until([&] { return container.runs >= 3; }, seconds(10), "three runs");
    CHECK(f.events == 1);
}

TEST_CASE("a check that somebody else runs is left alone, and its outcome reported") {
    OneContainer container(true);
    Fixture f(container);
    f.checks.watch(starting());
    test::wait_until([&] { return container.looks >= 5; }, seconds(10), "five looks");
    CHECK(container.runs == 0);
    container.is_running = false;
}

TEST_CASE("a container that does not run, or has no check, is not watched") {
    OneContainer container;
    Fixture f(container);
    ContainerState unchecked = starting();
    unchecked.health = Health::none;
    f.checks.watch(unchecked);
    ContainerState stopped = starting();
    stopped.phase = Phase::exited;
    f.checks.watch(stopped);
    CHECK(container.looks == 0);
    container.is_running = false;
    f.checks.watch(starting());
    test::wait_until([&] { return container.looks == 1; }, seconds(10), "one look");
    container.is_running = true;
    test::wait_until(
        [&] {
            f.checks.watch(starting());
            return container.runs >= 1;
        },
        seconds(10), "the container that runs again to be watched again");
}

TEST_CASE("a check that never ends does not keep the plugin from going") {
    OneContainer container;
    container.answers = false;
    const auto start = std::chrono::steady_clock::now();
    {
        Fixture f(container);
        f.checks.watch(starting());
        test::wait_until([&] { return container.runs == 1; }, seconds(10), "a run");
    }
    CHECK(std::chrono::steady_clock::now() - start < seconds(10));
}

}  // namespace
}  // namespace nexus::podman
