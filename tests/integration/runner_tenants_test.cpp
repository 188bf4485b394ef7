// Tenants stay as they should be on a real engine, whatever happens behind the runner's back.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>

#include "integration/tenant_node.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::string name(int i) {
    return "rt-keep-" + std::to_string(i);
}

// Some tenants on an engine of their own, which a test may end; the interval is so long that what
// happens soon happened by an event.
struct Keeper {
    ContainerEngine engine{ContainerEngine::under_test().kind()};
    RedisServer redis;
    Runner runner{redis, on_engine(engine)};

    Keeper() {
        runner.env()["RECONCILE_INTERVAL"] = "1h";
        runner.start();
    }
    void provision(int count) const {
        for (int i = 0; i < count; ++i)
            REQUIRE(at(runner.job({"provision", name(i)}), "/detail") == "provisioned");
    }
    bool runs(const std::string& tenant) const {
        return engine.has_container(runtime_of(tenant)) &&
               engine.facts(runtime_of(tenant)).status == "running";
    }
    bool all_run(int count) const {
        for (int i = 0; i < count; ++i) {
            if (!runs(name(i))) return false;
        }
        return true;
    }
    // Until then, at most so long; how long it took.
    template <typename Done>
    milliseconds time_until(Done done, seconds most = seconds(60)) const {
        const auto begun = std::chrono::steady_clock::now();
        CHECK(holds_within(most, done));
        return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
    }
    int starts_of(const std::string& tenant) const {
        return std::stoi(inside(engine, tenant, "wc -l </data/state/starts"));
    }
};

}  // namespace

TEST_CASE_FIXTURE(Keeper,
                  "ten runtimes that are removed behind our back are there again, by events") {
    provision(10);
    for (int i = 0; i < 10; ++i)
        engine.remove_container(runtime_of(name(i)));
    // Within 60 s, where the next regular comparison is an hour away.
    const auto took = time_until([this] { return all_run(10); });
    MESSAGE(engine.kind() << ": ten runtimes were there again after " << took.count() << " ms");
    // Podman's removal ends the container first, which may be started again before it is gone.
    for (int i = 0; i < 10; ++i)
        CHECK(starts_of(name(i)) >= 2);
}

TEST_CASE_FIXTURE(Keeper,
                  "after a restart of the engine, and of the machine, all that should run runs") {
    provision(3);
    REQUIRE(at(runner.job({"stop", name(2)}), "/detail") == "stopped");
    SUBCASE("the engine alone") {
        engine.restart_service();
    }
    SUBCASE("the engine and the runner, as a reboot does") {
        engine.kill_service();
        runner.kill();
        engine.restart_service();
        runner.start();
    }
    SUBCASE("a reboot, and the engine brings nothing back") {
        engine.kill_service();
        runner.kill();
        engine.restart_service();
        for (int i = 0; i < 3; ++i)
            engine.curl("POST", "/containers/" + runtime_of(name(i)) + "/stop?t=0");
        runner.start();
    }
    time_until([this] { return all_run(2); });
    CHECK_FALSE(runs(name(2)));
    CHECK(at(runner.job({"health", name(0)}), "/detail") == "ok");
}

TEST_CASE_FIXTURE(Keeper,
                  "a runtime that fails again and again is told of once, and shown everywhere") {
    const auto failing = engine.image("nexus-test-fails:1.0.0",
                                      {R"(CMD ["sh", "-c", "sleep 2; echo out of luck; exit 7"])"});
    const auto result = runner.job({"provision", name(0), "--image", failing});
    CHECK(at(result, "/detail") == "provisioned");
    const auto looped = [this] {
        return contains(redis.cli({"XRANGE", "nexus:events", "-", "+"}), "crash_loop");
    };
    time_until(looped, seconds(60));
    const auto events = redis.cli({"XRANGE", "nexus:events", "-", "+"});
    CHECK(contains(events, R"("exit_code":7)"));
    CHECK(contains(events, "out of luck"));
    CHECK(events.find("crash_loop") == events.rfind("crash_loop"));
    const auto page = runner.http("/status");
    CHECK(page.status == 200);
    CHECK(contains(page.body, R"("observed":"crash_loop")"));
    CHECK(contains(runner.cli({"tenants"}).out, "crash_loop"));
    CHECK(at(runner.job({"provision", name(0), "--image", engine.image()}), "/detail") ==
          "provisioned");
}

TEST_CASE_FIXTURE(Keeper,
                  "a tenant of an older deployment is adopted, and a stray container shown") {
    provision(1);
    REQUIRE(runner.stop() == 0);
    // As if nobody had ever known it, with a container that carries no label.
    const auto folder = runner.tenant_root() + "/" + name(0);
    std::filesystem::remove(folder + "/tenant.json");
    engine.remove_container(runtime_of(name(0)));
    const std::string body =
        R"({"Image":")" + engine.image() + R"(","HostConfig":{"Binds":["tenant_)" + name(0) +
        R"(_session:/data/session","tenant_)" + name(0) + R"(_state:/data/state"]}})";
    REQUIRE(engine.curl("POST", "/containers/create?name=" + runtime_of(name(0)), body).status ==
            201);
    REQUIRE(engine.curl("POST", "/containers/" + runtime_of(name(0)) + "/start").status == 204);
    const auto id = engine.facts(runtime_of(name(0))).id;
    runner.start();
    time_until([&] { return std::filesystem::exists(folder + "/tenant.json"); });
    CHECK(engine.facts(runtime_of(name(0))).id == id);
    CHECK(runs(name(0)));
    CHECK(at(runner.job({"restart", name(0)}), "/detail") == "restarted");
    CHECK(engine.facts(runtime_of(name(0))).id != id);
    CHECK(engine.facts(runtime_of(name(0))).labels.at("io.nexus.tenant") == name(0));
    CHECK(starts_of(name(0)) == 3);

    std::filesystem::rename(folder, runner.tenant_root() + "/../aside");
    CHECK(contains(runner.cli({"tenants", "--orphans"}).out, runtime_of(name(0))));
    CHECK(runs(name(0)));
    std::filesystem::rename(runner.tenant_root() + "/../aside", folder);
    CHECK_FALSE(contains(runner.cli({"tenants", "--orphans"}).out, runtime_of(name(0))));
}
