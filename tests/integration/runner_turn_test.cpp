// The runner beside another process of its machine that works on a tenant, as a backup does.
#include <doctest/doctest.h>

#include <optional>

#include "runner.hpp"
#include "support/wait_until.hpp"
#include "tenants/turn_locks.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

std::string state_of(const RedisServer& redis, const std::string& job) {
    return redis.cli({"HGET", "nexus:job:" + job, "state"});
}

}  // namespace

TEST_CASE("a job waits while another process has its tenant's turn, and goes on after") {
    GuardedRedis redis;
    Runner runner(redis, {});
    runner.start();
    const tenants::TurnLocks other(runner.state_dir());
    auto held = other.try_take(*config::TenantId::parse("acme"));
    REQUIRE(held);
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("provision", "waits")});
    // Behind it in the intake: once this one is done, the other one has been looked at.
    CHECK(at(raw_job(redis, "passes", plain("provision", "passes", "bolt")), "/status") ==
          "succeeded");
    CHECK(state_of(redis, "waits") == "queued");
    SUBCASE("the other process lets go") {
        held.reset();
        CHECK(contains(redis.cli({"BLPOP", "nexus:reply:waits", "20"}), "provisioned"));
        // The runner has let go as well.
        wait_until([&] { return other.try_take(*config::TenantId::parse("acme")).has_value(); },
                   seconds(10), "the turn is free");
    }
    SUBCASE("the runner is told to end") {
        CHECK(runner.stop() == 0);
        CHECK(state_of(redis, "waits") == "queued");
        held.reset();
        runner.start();
        CHECK(contains(redis.cli({"BLPOP", "nexus:reply:waits", "20"}), "provisioned"));
    }
}

TEST_CASE("a runtime that ended is not started again while another process has its turn") {
    GuardedRedis redis;
    const TempDir folder;
    const std::string journal = folder / "journal";
    const std::string engine = folder / "engine";
    Runner runner(redis, {{"BACKEND_CONFIG",
                           R"({"journal":")" + journal + R"(","state_file":")" + engine + R"("})"},
                          {"RECONCILE_INTERVAL", "1s"}});
    runner.start();
    CHECK(at(runner.job({"provision", "acme"}), "/status") == "succeeded");
    CHECK(at(runner.job({"stop", "acme"}), "/status") == "succeeded");
    const std::string ended = read_file(engine);
    CHECK(at(runner.job({"start", "acme"}), "/status") == "succeeded");
    REQUIRE(runner.stop() == 0);
    write_file(engine, ended);  // its runtime ended while nobody looked
    const tenants::TurnLocks other(runner.state_dir());
    auto held = other.try_take(*config::TenantId::parse("acme"));
    REQUIRE(held);
    const auto starts = [&] {
        const auto text = read_file(journal);
        std::size_t count = 0;
        for (auto at = text.find(R"("op":"start")"); at != std::string::npos;
             at = text.find(R"("op":"start")", at + 1))
            ++count;
        return count;
    };
    REQUIRE(starts() == 2);
    runner.start();
    CHECK(at(raw_job(redis, "passes", plain("provision", "passes", "bolt")), "/status") ==
          "succeeded");
    CHECK(starts() == 3);  // bolt's
    held.reset();
    wait_until([&] { return starts() == 4; }, seconds(20), "acme's runtime is started again");
}
