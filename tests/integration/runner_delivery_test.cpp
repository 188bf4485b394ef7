// What becomes of jobs when something is in their way.
#include <doctest/doctest.h>

#include <csignal>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

// Of the journal.
long lines_about(const std::string& tenant, const std::string& journal) {
    const std::string text = read_file(journal);
    const std::string member = R"("tenant":")" + tenant + '"';
    long count = 0;
    for (auto at = text.find(member); at != std::string::npos; at = text.find(member, at + 1))
        ++count;
    return count;
}

struct Delivery {
    RedisServer redis;
    TempDir folder;
    Runner runner{redis, {}};
    std::string journal = folder / "journal";

    // `faults` are members of the simulated backend's `tenants`.
    void configure(const std::string& faults, int latency_ms = 0) {
        runner.env()["BACKEND_CONFIG"] =
            R"({"journal":")" + journal + R"(","state_file":")" + (folder / "state") +
            R"(","latency_ms":)" + std::to_string(latency_ms) + R"(,"tenants":{)" + faults + "}}";
    }
    void start(const std::string& faults = "", int latency_ms = 0) {
        configure(faults, latency_ms);
        runner.start();
    }
    void add(const std::string& action, const std::string& id, const std::string& tenant = "acme") {
        redis.cli({"XADD", "nexus:jobs", "*", "job", plain(action, id, tenant)});
    }
    std::string state(const std::string& id) {
        return redis.cli({"HGET", "nexus:job:" + id, "state"});
    }
    void wait_for(const std::string& id, const std::string& wanted) {
        wait_until([&] { return state(id) == wanted; }, seconds(30), id + " is " + wanted);
    }
    std::string reply(const std::string& id) {
        return redis.cli({"BLPOP", "nexus:reply:" + id, "30"});
    }
    long times(const std::string& op, const std::string& tenant) {
        long count = 0;
        const std::string text = read_file(journal);
        const std::string line = R"({"op":")" + op + R"(","tenant":")" + tenant + '"';
        for (auto at = text.find(line); at != std::string::npos; at = text.find(line, at + 1))
            ++count;
        return count;
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Delivery,
    "a waiting job that is cancelled never starts, a running one has its call cancelled") {
    start(R"("slow":{"latency_ms":60000},"flaky":{"fail":{"start":"UNAVAILABLE"}})");
    // An image of its own: whoever else wants the same one waits for its pull.
    redis.cli(
        {"XADD", "nexus:jobs", "*", "job",
         R"({"id":"runs","action":"provision","tenant_id":"slow","payload":{"nexus_image":"r/slow:1"},)"
         R"("reply_to":"nexus:reply:runs"})"});
    add("stop", "waits", "slow");
    redis.cli(
        {"XADD", "nexus:jobs", "*", "job",
         R"({"id":"retries","action":"provision","tenant_id":"flaky","payload":{},"max_attempts":50,)"
         R"("reply_to":"nexus:reply:retries"})"});
    wait_for("runs", "running");
    wait_for("waits", "queued");
    wait_for("retries", "retrying");
    for (const char* id : {"waits", "retries", "runs"}) {
        CAPTURE(id);
        const auto asked = runner.cli({"cancel", id});
        CHECK(asked.code == 0);
        CHECK(contains(asked.out, "is being cancelled"));
        const auto result = reply(id);
        CHECK(contains(result, R"("status":"cancelled")"));
        CHECK(contains(result, R"("code":"cancelled")"));
        CHECK(state(id) == "cancelled");
    }
    CHECK(times("stop", "slow") == 0);
    CHECK(redis.cli({"XLEN", "nexus:dead"}) == "0");
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "3");
    CHECK(contains(runner.cli({"cancel", "runs"}).out, "has been cancelled already"));
}

TEST_CASE_FIXTURE(
    Delivery,
    "a job can be cancelled before it comes, while no runner is there, and not after its end") {
    start();
    CHECK(contains(runner.cli({"cancel", "early"}).out, "no job early is known yet"));
    const auto unknown = runner.cli({"job", "early"});
    CHECK(unknown.code == 1);
    CHECK(contains(unknown.err, "no job early is known"));
    add("provision", "early");
    CHECK(contains(reply("early"), R"("status":"cancelled")"));
    add("provision", "done");
    CHECK(contains(reply("done"), "provisioned"));
    const auto late = runner.cli({"cancel", "done", "--json"});
    CHECK(late.code == 1);
    CHECK(contains(late.out, R"({"job_id":"done","state":"succeeded"})"));
    runner.stop();
    redis.cli({"XADD", "nexus:node:n1:jobs", "*", "job", plain("stop", "asleep")});
    CHECK(runner.cli({"cancel", "asleep"}).code == 0);
    runner.start();
    CHECK(contains(reply("asleep"), R"("status":"cancelled")"));
}

TEST_CASE_FIXTURE(
    Delivery,
    "a job that the runner dies in three times is poison; its neighbour is not to blame") {
    configure(R"("bad":{"crash":["start"]},"good":{"latency_ms":30})");
    add("provision", "poison", "bad");
    add("provision", "neighbour", "good");
    for (int death = 0; death < 3; ++death) {
        CHECK(runner.refusal() == 137);
    }
    runner.start();
    const auto result = reply("poison");
    CHECK(contains(result, R"("code":"poison")"));
    CHECK(contains(result, R"("attempts":0)"));
    CHECK(contains(reply("neighbour"), "provisioned"));
    CHECK(times("start", "bad") == 3);
    CHECK(contains(redis.cli({"XRANGE", "nexus:dead", "-", "+"}), "poison"));
    add("health", "after", "bad");
    CHECK(contains(reply("after"), R"("status":)"));
}

TEST_CASE(
    "a result that Redis was not there to take waits on disk, over a crash too, and its job runs "
    "once") {
    RedisServer redis({.appendonly = true, .config = {"appendfsync always"}});
    TempDir folder;
    const std::string journal = folder / "journal";
    const std::string config = R"({"latency_ms":300,"journal":")" + journal +
                               R"(","state_file":")" + (folder / "state") + R"("})";
    Runner runner(redis, {{"BACKEND_CONFIG", config}});
    runner.start();
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("provision", "away")});
    wait_until(
        [&] {
            return redis.cli({"HGET", "nexus:job:away", "state"}) == "running";
        },
        seconds(20), "it runs");
    redis.stop();
    wait_until(
        [&] {
            return std::filesystem::exists(runner.state_dir() + "/spool") &&
                   contains(read_file(runner.state_dir() + "/spool"), "provisioned");
        },
        seconds(30), "its result is on disk");
    runner.kill();
    const auto before = lines_about("acme", journal);
    redis.start();
    runner.start();
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:away", "30"}), "provisioned"));
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "1");
    wait_until(
        [&] {
            return redis.cli({"XLEN", "nexus:node:n1:jobs"}) == "0";
        },
        seconds(20), "the entry is gone");
    CHECK(lines_about("acme", journal) == before);
    wait_until([&] { return !std::filesystem::exists(runner.state_dir() + "/spool"); }, seconds(10),
               "the spool is empty");
}

TEST_CASE_FIXTURE(Delivery,
                  "hundreds of jobs behind one that waits for its retry keep nobody else waiting") {
    start(R"("stuck":{"fail":{"start":"UNAVAILABLE"}})");
    add("provision", "first", "stuck");
    std::string commands;
    for (int i = 0; i < 600; ++i) {
        const std::string job = plain("health", "behind" + std::to_string(i), "stuck");
        commands += "XADD nexus:jobs * job '" + job + "'\n";
    }
    write_file(folder / "commands", commands);
    REQUIRE(run(Command{{"sh", "-c",
                         "redis-cli -p " + std::to_string(redis.port()) + " <" +
                             (folder / "commands")}})
                .code == 0);
    add("provision", "other", "globex");
    CHECK(contains(reply("other"), "provisioned"));
    CHECK(state("behind599") == "queued");
    CHECK(runner.cli({"cancel", "first"}).code == 0);
    wait_for("behind599", "succeeded");
}

TEST_CASE_FIXTURE(Delivery,
                  "a runner that loses its lease in the middle of a job begins no other") {
    start("", 100);
    add("provision", "first");
    add("restart", "second");
    wait_for("first", "running");
    redis.cli({"HSET", "nexus:node:n1", "epoch", "99999999999999"});
    const auto code = runner.process().wait(seconds(30));
    REQUIRE(code);
    CHECK(*code == 75);
    CHECK(contains(read_file(journal), R"("job":"first")"));
    CHECK_FALSE(contains(read_file(journal), R"("job":"second")"));
    CHECK(state("second") == "queued");
}

TEST_CASE_FIXTURE(Delivery, "a reply key that is no list holds up nobody's result") {
    start();
    redis.cli({"SET", "nexus:reply:wrong", "no list"});
    add("provision", "wrong");
    add("health", "right");
    CHECK(contains(reply("right"), R"("detail":"ok")"));
    CHECK(state("wrong") == "succeeded");
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "2");
}

TEST_CASE_FIXTURE(Delivery,
                  "what cannot be routed stops there, and nothing before it is routed twice") {
    start();
    redis.cli({"HSET", "nexus:tenants", "away", "n2"});
    redis.cli({"SET", "nexus:node:n2:jobs", "no stream"});
    redis.cli({"EVAL",
               "for _, job in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'job', job) end",
               "1", "nexus:jobs", plain("provision", "one", "acme"), plain("health", "two", "away"),
               plain("health", "three", "acme")});
    wait_until([&] { return contains(runner.log(), "WRONGTYPE"); }, seconds(20), "it is refused");
    wait_until(
        [&] {
            return redis.cli({"XLEN", "nexus:jobs"}) == "2";
        },
        seconds(20), "what came before it is routed");
    redis.cli({"DEL", "nexus:node:n2:jobs"});
    CHECK(contains(reply("three"), R"("detail":"ok")"));
    CHECK(redis.cli({"XLEN", "nexus:results"}) == "2");
    CHECK(redis.cli({"XLEN", "nexus:node:n2:jobs"}) == "1");
    CHECK(redis.cli({"XLEN", "nexus:jobs"}) == "0");
}

TEST_CASE_FIXTURE(
    Delivery,
    "a runner that slept past its lease begins nothing more once another has taken over") {
    start("", 100);
    add("provision", "asleep");
    wait_for("asleep", "running");
    wait_until([&] { return times("ensure_network", "acme") == 1; }, seconds(10),
               "it is in the middle");
    runner.process().signal(SIGSTOP);
    redis.cli({"DEL", "nexus:node:n1"});  // what 15 s do
    Runner second(redis, {});
    second.start();
    CHECK(contains(reply("asleep"), "provisioned"));
    const auto results = redis.cli({"XLEN", "nexus:results"});
    wait_until(
        [&, since = std::chrono::steady_clock::now()] {
            return std::chrono::steady_clock::now() - since > seconds(10);
        },
        seconds(12), "it has slept for long enough");
    const auto before = lines_about("acme", journal);
    runner.process().signal(SIGCONT);
    const auto code = runner.process().wait(seconds(30));
    REQUIRE(code);
    CHECK(*code == 75);
    CHECK(contains(runner.log(), "another process"));
    CHECK(lines_about("acme", journal) == before);
    CHECK(redis.cli({"XLEN", "nexus:results"}) == results);
    CHECK(second.http("/readyz").status == 200);
}
