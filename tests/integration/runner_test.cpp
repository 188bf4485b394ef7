// The runner as a whole on a real Redis, with the simulated backend.
#include "runner.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

TEST_CASE("the nine verbs through plain redis-cli: results, ledger, events live and durable") {
    GuardedRedis redis({.password = "swordfish"});
    Runner runner(redis, {});
    runner.start();
    Process live(redis.cli_command({"PSUBSCRIBE", "tenant:*:events"}));
    wait_until([&] { return contains(live.output(), "psubscribe"); }, seconds(10),
               "the subscription stands");
    for (const auto& row : verbs) {
        CAPTURE(row.action);
        const std::string id = std::string("id-") + row.action;
        const auto result = raw_job(redis, id, plain(row.action, id));
        CHECK(at(result, "/status") == "succeeded");
        CHECK(at(result, "/detail") == row.detail);
        CHECK(at(result, "/job_id") == id);
        CHECK(at(result, "/tenant_id") == "acme");
        CHECK(at(result, "/node") == "n1");
        CHECK(at(result, "/attempts") == "1");
        CHECK(redis.cli({"HGET", "nexus:job:" + id, "state"}) == "succeeded");
    }
    wait_until([&] { return contains(live.output(), "deleted"); }, seconds(10),
               "the last event came");
    CHECK(contains(live.output(), R"("state":"running")"));
    CHECK(contains(live.output(), R"("state":"paused")"));
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "9");
    CHECK(redis.cli({"XLEN", "nexus:events"}) == "7");
    CHECK(redis.cli({"XLEN", "nexus:jobs"}) == "0");
    CHECK(redis.cli({"XLEN", "nexus:node:n1:jobs"}) == "0");
    CHECK(redis.cli({"HEXISTS", "nexus:tenants", "acme"}) == "0");
    CHECK(redis.cli({"HGET", "nexus:node:n1", "state"}) == "active");
    CHECK(redis.cli({"TTL", "nexus:job:id-stop"}) != "-1");
    CHECK_FALSE(contains(runner.log(), "swordfish"));
    CHECK(runner.stop() == 0);
    CHECK(redis.cli({"EXISTS", "nexus:node:n1"}) == "0");
}

TEST_CASE("a job added straight to the node's stream runs too") {
    GuardedRedis redis;
    Runner runner(redis, {});
    runner.start();
    redis.cli({"XADD", "nexus:node:n1:jobs", "*", "job", plain("provision", "direct")});
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:direct", "20"}), "provisioned"));
    CHECK(redis.cli({"HGET", "nexus:tenants", "acme"}) == "n1");
}

TEST_CASE("malformed jobs become dead letters with their bytes, and disturb nothing") {
    GuardedRedis redis;
    Runner runner(redis, {});
    runner.start();
    const std::string hostile[] = {
        "not json",
        "{}",
        R"({"id":"m1","action":"explode","tenant_id":"acme","payload":{},"reply_to":"nexus:reply:m1"})",
        R"({"id":"m2","action":"stop","tenant_id":"../x","payload":{},"reply_to":"nexus:reply:m2"})",
        R"({"id":"m3","action":"stop","tenant_id":"acme","tenant_id":"beta","payload":{}})",
        std::string(2000, '['),
        std::string((1U << 20U) + 10, 'x')};
    for (const auto& text : hostile) {
        // From a file: a megabyte is too long for a command line.
        TempDir folder;
        write_file(folder / "job", text);
        const auto added = run(Command{{"sh", "-c",
                                        "redis-cli -x -p " + std::to_string(redis.port()) +
                                            " XADD nexus:jobs '*' job <" + (folder / "job")}});
        REQUIRE(added.code == 0);
    }
    redis.cli({"XADD", "nexus:jobs", "*", "surprise", "no field named job"});
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:m1", "20"}),
                   R"("code":"invalid_job","message":"/action: )"));
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:m2", "20"}),
                   R"("code":"invalid_tenant_id","message":"/tenant_id: )"));
    wait_until(
        [&] {
            return redis.cli({"XLEN", "nexus:dead"}) == "8";
        },
        seconds(20), "all are dead letters");
    const auto dead = redis.cli({"XRANGE", "nexus:dead", "-", "+", "COUNT", "6"});
    CHECK(contains(dead, "malformed"));
    CHECK(contains(dead, "not json"));
    CHECK(contains(dead, "/tenant_id: occurs twice"));
    CHECK(at(raw_job(redis, "good", plain("provision", "good")), "/status") == "succeeded");
    CHECK(redis.cli({"XLEN", "nexus:node:n1:jobs"}) == "0");
}

TEST_CASE("a job id that ended answers with its first result, one that is pending is joined") {
    GuardedRedis redis;
    TempDir folder;
    const std::string journal = folder / "journal";
    Runner runner(redis,
                  {{"BACKEND_CONFIG", R"({"latency_ms":100,"journal":")" + journal + R"("})"}});
    runner.start();
    const auto job = plain("provision", "same");
    for (int i = 0; i < 3; ++i)
        redis.cli({"XADD", "nexus:jobs", "*", "job", job});
    std::string results[4];
    for (int i = 0; i < 3; ++i)
        results[i] = redis.cli({"BLPOP", "nexus:reply:same", "30"});
    redis.cli({"XADD", "nexus:jobs", "*", "job", job});
    results[3] = redis.cli({"BLPOP", "nexus:reply:same", "30"});
    for (const auto& result : results)
        CHECK(result == results[0]);
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "1");
    const auto journal_text = read_file(journal);
    CHECK(journal_text.find(R"("op":"start")") == journal_text.rfind(R"("op":"start")"));
}

TEST_CASE("a tenant's jobs take effect in their order, and tenants run side by side") {
    GuardedRedis redis;
    Runner runner(redis, {{"BACKEND_CONFIG", R"({"latency_ms":2})"}});
    runner.start();
    for (int i = 0; i < 10; ++i) {
        for (const char* tenant : {"one", "two", "three"}) {
            const std::string id = std::string(tenant) + std::to_string(i);
            redis.cli({"XADD", "nexus:jobs", "*", "job",
                       plain(i == 0 ? "provision" : "restart", id, tenant)});
        }
    }
    wait_until(
        [&] {
            return redis.cli({"XLEN", "nexus:results"}) == "30";
        },
        seconds(60), "all have ended");
    const auto results = redis.cli({"XRANGE", "nexus:results", "-", "+"});
    for (const char* tenant : {"one", "two", "three"}) {
        std::size_t last = 0;
        for (int i = 0; i < 10; ++i) {
            const auto place =
                results.find("\"job_id\":\"" + std::string(tenant) + std::to_string(i) + "\"");
            REQUIRE(place != std::string::npos);
            CHECK(place > last);
            last = place;
        }
    }
}

TEST_CASE("a runner that is killed in the middle finishes the job at its next start, at once") {
    GuardedRedis redis;
    TempDir folder;
    const std::string config =
        R"({"state_file":")" + (folder / "state") + R"(","tenants":{"acme":{"crash":["start"]}}})";
    Runner runner(redis, {{"BACKEND_CONFIG", config}});
    runner.start();
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("provision", "survivor")});
    REQUIRE(runner.process().wait(seconds(20)));
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "0");
    runner.env()["BACKEND_CONFIG"] = R"({"state_file":")" + (folder / "state") + R"("})";
    runner.start();
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:survivor", "30"}), "provisioned"));
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "1");
}

TEST_CASE("SIGTERM cancels what overruns the drain and leaves it pending for the next start") {
    GuardedRedis redis;
    Runner runner(redis, {{"DRAIN_TIMEOUT", "200ms"},
                          {"BACKEND_CONFIG", R"({"tenants":{"acme":{"latency_ms":60000}}})"}});
    runner.start();
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("provision", "slow")});
    wait_until(
        [&] {
            return redis.cli({"HGET", "nexus:job:slow", "state"}) == "running";
        },
        seconds(20), "it runs");
    CHECK(runner.stop() == 0);
    CHECK(redis.cli({"XLEN", "nexus:node:n1:jobs"}) == "1");
    runner.env()["BACKEND_CONFIG"] = "{}";
    runner.start();
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:slow", "30"}), "provisioned"));
}

TEST_CASE("a retryable failure keeps its place, is tried again, and ends as a dead letter") {
    GuardedRedis redis;
    TempDir folder;
    Runner runner(redis, {{"BACKEND_CONFIG",
                           R"({"journal":")" + (folder / "journal") +
                               R"(","tenants":{"acme":{"fail":{"start":"UNAVAILABLE"}}}})"}});
    runner.start();
    redis.cli({"XADD", "nexus:jobs", "*", "job",
               R"({"id":"hopeless","action":"provision","tenant_id":"acme","payload":{},)"
               R"("max_attempts":3,"reply_to":"nexus:reply:hopeless"})"});
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("stop", "behind")});
    CHECK(at(raw_job(redis, "other", plain("provision", "other", "globex")), "/status") ==
          "succeeded");
    const auto reply = redis.cli({"BLPOP", "nexus:reply:hopeless", "30"});
    CHECK(contains(reply, R"("attempts":3)"));
    CHECK(contains(reply, R"("code":"backend_unavailable")"));
    const auto behind = redis.cli({"BLPOP", "nexus:reply:behind", "30"});
    CHECK(contains(behind, R"("status":"succeeded")"));
    const auto dead = redis.cli({"XRANGE", "nexus:dead", "-", "+"});
    CHECK(contains(dead, "attempts"));
    CHECK(contains(dead, R"("id":"hopeless")"));
    const auto results = redis.cli({"XRANGE", "nexus:results", "-", "+"});
    CHECK(results.find("hopeless") < results.find("behind"));
}

TEST_CASE("a plugin that hangs is named by /readyz and by the log, and gets no more work") {
    GuardedRedis redis;
    Runner runner(redis, {{"BACKEND", NEXUS_BINARY_DIR "/tests/plugins/stuck.so"}});
    runner.start();
    wait_until([&] { return contains(runner.http("/readyz").body, "stuck in inspect"); },
               seconds(60), "/readyz says that the backend is stuck");
    CHECK(runner.http("/readyz").status == 503);
    CHECK(runner.http("/healthz").status == 200);
    redis.cli({"XADD", "nexus:jobs", "*", "job",
               R"({"id":"refused","action":"provision","tenant_id":"acme","payload":{},)"
               R"("max_attempts":1,"reply_to":"nexus:reply:refused"})"});
    const auto reply = redis.cli({"BLPOP", "nexus:reply:refused", "30"});
    CHECK(contains(reply, "backend stuck is stuck in inspect"));
    CHECK(contains(runner.log(), "backend stuck is stuck in inspect"));
    CHECK(runner.stop() == 0);
}

TEST_CASE("a deadline that has passed ends the job before it begins") {
    GuardedRedis redis;
    Runner runner(redis, {});
    runner.start();
    const auto result =
        raw_job(redis, "late",
                R"({"id":"late","action":"provision","tenant_id":"acme","payload":{},)"
                R"("deadline":"2020-01-01T00:00:00Z","reply_to":"nexus:reply:late"})");
    CHECK(at(result, "/error/code") == "deadline");
    CHECK(contains(redis.cli({"XRANGE", "nexus:dead", "-", "+"}), "deadline"));
}

TEST_CASE("a second process for the same node is kept out, by the folder and by the lease") {
    GuardedRedis redis;
    Runner first(redis, {});
    first.start();
    Runner same_folder(redis, {{"STATE_DIR", first.state_dir()}});
    CHECK(same_folder.refusal() == 75);
    CHECK(contains(same_folder.log(), "STATE_DIR"));
    Runner other_folder(redis, {});
    CHECK(other_folder.refusal() == 75);
    CHECK(contains(other_folder.log(), "another process serves node n1"));
}

TEST_CASE("a process whose lease another took over changes nothing more, and says why it ends") {
    GuardedRedis redis;
    Runner runner(redis, {});
    runner.start();
    redis.cli({"HSET", "nexus:node:n1", "epoch", "99999999999999"});
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("provision", "fenced")});
    const auto code = runner.process().wait(seconds(30));
    REQUIRE(code);
    CHECK(*code == 75);
    CHECK(contains(runner.log(), "this runner ends"));
    CHECK(redis.cli({"XLEN", "nexus:jobs"}) == "1");
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "0");
}

TEST_CASE("Redis that comes back empty finds the runner at work again") {
    GuardedRedis redis;
    Runner runner(redis, {});
    runner.start();
    CHECK(at(raw_job(redis, "a", plain("provision", "a")), "/status") == "succeeded");
    redis.cli({"FLUSHALL"});
    wait_until(
        [&] {
            return redis.cli({"HGET", "nexus:tenants", "acme"}) == "n1";
        },
        seconds(30), "placed again");
    CHECK(at(raw_job(redis, "b", plain("stop", "b")), "/status") == "succeeded");
    redis.restart();
    CHECK(at(raw_job(redis, "c", plain("start", "c")), "/status") != "(none)");
    CHECK(runner.http("/healthz").status == 200);
}
