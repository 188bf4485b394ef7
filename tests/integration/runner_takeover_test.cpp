// What a node does that comes back after its tenants were taken over, with real Redis users, a
// node's own each.
#include <doctest/doctest.h>

#include <filesystem>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

constexpr const char* stopped = "stopped a runtime, since another node has its tenant";

struct TakeOver {
    TempDir folder;
    GuardedRedis redis{{}, {"n1", "n2", "n3"}};
    Runner n1 = worker("n1"), n2 = worker("n2");

    TakeOver() {
        n1.start();
        for (const char* tenant : {"acme", "globex"})
            REQUIRE(at(n1.job({"provision", tenant}), "/status") == "succeeded");
        require(n1.cli({"backup"}));
        n1.kill();
        end_lease("n1");
        n2.start();
        require(n2.cli({"restore", "acme", "--take-over"}));
        REQUIRE(place("acme") == "n2");
    }

    // Each has an engine that outlives it; the backups are on one disk. What is done is done for
    // what was seen, and not by the clock.
    Runner worker(const std::string& name) {
        return {redis,
                {{"NODE_NAME", name},
                 {"REDIS_URL", redis.node_url(name)},
                 {"BACKUP_DIR", folder / "backups"},
                 {"BACKEND_CONFIG", R"({"state_file":")" + (folder / name) + R"("})"},
                 {"RECONCILE_INTERVAL", "1h"}}};
    }
    std::string place(const std::string& tenant) const {
        return redis.cli({"HGET", "nexus:tenants", tenant});
    }
    // As its time to live does, 15 s later.
    void end_lease(const std::string& node) const { redis.cli({"DEL", "nexus:node:" + node}); }
    static void require(const Finished& done) {
        CAPTURE(done.err);
        REQUIRE(done.code == 0);
    }
    static void soon(const Runner& runner, const std::string& words) {
        wait_until([&] { return contains(runner.log(), words); }, seconds(20), words);
    }
    static bool is_kept(const Runner& runner, const std::string& tenant) {
        return contains(runner.http("/status").body, '"' + tenant + '"');
    }
};

}  // namespace

TEST_CASE_FIXTURE(TakeOver, "a node that was away stops what was taken over, and keeps the rest") {
    n1.start();
    soon(n1, stopped);
    CHECK(contains(n1.log(), R"("belongs_to":"n2")"));
    CHECK_FALSE(is_kept(n1, "acme"));
    CHECK(is_kept(n1, "globex"));
    CHECK(at(n1.job({"health", "globex"}), "/data/runtime/state") == "running");
    CHECK(at(n1.job({"health", "acme"}), "/node") == "n2");
    // Its volumes here are old: a run of them would pass for the newest.
    const auto backed_up = n1.cli({"backup", "--json"});
    require(backed_up);
    CHECK(contains(backed_up.out, "globex"));
    CHECK_FALSE(contains(backed_up.out, "acme"));

    SUBCASE("also where Redis has lost its data since, and it comes first") {
        n2.kill();
        redis.cli({"FLUSHALL"});
        wait_until([&] { return place("globex") == "n1"; }, seconds(20), "n1 is back");
        CHECK(place("acme").empty());
        n2.start();
        CHECK(place("acme") == "n2");
        CHECK(at(n2.job({"health", "acme"}), "/data/runtime/state") == "running");
        CHECK_FALSE(contains(n2.log(), stopped));
    }
    SUBCASE("also where it was deleted since, over a restart") {
        CHECK(at(n1.job({"delete", "acme"}), "/node") == "n2");
        wait_until([&] { return place("acme").empty(); }, seconds(20), "it is nowhere");
        CHECK(n1.stop() == 0);
        n1.start();
        CHECK(place("acme").empty());
        CHECK_FALSE(is_kept(n1, "acme"));
        n2.kill();
        CHECK(at(n1.job({"start", "acme"}), "/error/code") == "tenant_not_found");
        CHECK(at(n1.job({"delete", "acme"}), "/status") == "succeeded");
        CHECK_FALSE(std::filesystem::exists(n1.tenant_root() + "/acme"));
    }
    SUBCASE("until it is taken back") {
        n2.kill();
        end_lease("n2");
        require(n1.cli({"restore", "acme", "--take-over"}));
        CHECK(place("acme") == "n1");
        soon(n1, "a tenant belongs to this node again");
        // What was known of n2 until then may have stopped it once more.
        wait_until(
            [&] {
                return at(n1.job({"health", "acme"}), "/data/runtime/state") == "running";
            },
            seconds(20), "it runs");
    }
}

TEST_CASE_FIXTURE(TakeOver, "what was taken over is stopped once the node that has it runs") {
    n2.kill();
    end_lease("n2");
    n1.start();
    soon(n1, R"("belongs_to":"n2")");
    CHECK_FALSE(is_kept(n1, "acme"));
    n2.start();
    soon(n1, stopped);
}

TEST_CASE_FIXTURE(TakeOver, "under a new name a node leaves running what its old name has") {
    n1.start();
    soon(n1, stopped);  // acme, which n2 has
    n1.kill();          // its lease lives on for a while
    n1.env()["NODE_NAME"] = "n3";
    n1.env()["REDIS_URL"] = redis.node_url("n3");
    n1.start();
    soon(n1, R"("belongs_to":"n1")");
    end_lease("n1");
    CHECK_FALSE(contains(n1.log(), stopped));
}
