// Dead letters by command, on a real Redis.
#include <doctest/doctest.h>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

struct Dead {
    GuardedRedis redis;
    Runner runner{redis,
                  {{"BACKEND_CONFIG", R"({"tenants":{"acme":{"fail":{"start":"INVALID"}}}})"}}};

    std::string add(const std::string& reason, const std::string& job) const {
        return redis.cli({"XADD", "nexus:dead", "*", "reason", reason, "error", "why", "attempts",
                          "1", "node", "n1", "failed_at", "2026-11-23T10:00:00.123Z", "job", job});
    }
    std::string count() const { return redis.cli({"XLEN", "nexus:dead"}); }
    Finished dead(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "dead");
        return runner.cli(std::move(arguments));
    }
    json::Document list(std::vector<std::string> arguments = {}) const {
        arguments.insert(arguments.begin(), {"list", "--json"});
        json::Document rows;
        rows.Parse(dead(std::move(arguments)).out.c_str());
        REQUIRE(rows.IsArray());
        return rows;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Dead, "a job that failed runs again by requeue, with its bytes and its id") {
    runner.start();
    const std::string job = plain("provision", "again");
    CHECK(at(raw_job(redis, "again", job), "/status") == "failed");
    const auto letters = list();
    REQUIRE(letters.Size() == 1);
    CHECK(at(letters, "/0/job_id") == "again");
    CHECK(at(letters, "/0/tenant_id") == "acme");
    CHECK(at(letters, "/0/action") == "provision");
    CHECK(at(letters, "/0/bytes") == std::to_string(job.size()));
    const auto id = at(letters, "/0/id");
    CHECK(contains(dead({"list"}).out, id));
    CHECK(contains(dead({"show", id}).out, "job        " + job + "\n"));

    CHECK(runner.stop() == 0);
    runner.env()["BACKEND_CONFIG"] = "{}";
    runner.start();
    const auto requeued = dead({"requeue", id});
    CAPTURE(requeued.err);
    CHECK(requeued.out == "requeued 1 of 1\n");
    CHECK(requeued.code == 0);
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:again", "20"}), "provisioned"));
    CHECK(redis.cli({"HGET", "nexus:job:again", "state"}) == "succeeded");
    CHECK(count() == "0");
    const auto twice = dead({"requeue", id});
    CHECK(twice.code == 1);
    CHECK(contains(twice.err, id));
}

TEST_CASE_FIXTURE(Dead, "a malformed one cannot run, is shown byte by byte, and is dropped") {
    const std::string bytes = "\x1b[31mred\xff \"quoted\"\r\n";
    const auto malformed = add("malformed", bytes);
    const auto unreadable = add("attempts", "{}");
    for (const auto& id : {malformed, unreadable}) {
        const auto refused = dead({"requeue", id});
        CHECK(refused.code == 1);
        CHECK(refused.out == "requeued 0 of 1\n");
        CHECK(contains(refused.err, "malformed"));
    }
    CHECK(redis.cli({"XLEN", "nexus:jobs"}) == "0");
    CHECK(contains(dead({"show", malformed}).out, bytes + "\n"));
    CHECK(contains(dead({"show", malformed, "--json"}).out,
                   R"("job_base64":"G1szMW1yZWT/ICJxdW90ZWQiDQo=")"));

    const auto asked = dead({"drop", malformed});
    CHECK(asked.code == 64);
    CHECK(contains(asked.err, "1 dead letter for ever"));
    CHECK(count() == "2");
    CHECK(dead({"drop", malformed, "--yes"}).out == "dropped 1 of 1\n");
    CHECK(dead({"drop", malformed, "--yes"}).code == 1);
    CHECK(dead({"show", malformed}).code == 1);
    CHECK(count() == "1");
}

TEST_CASE_FIXTURE(Dead, "all of a reason are requeued in the order in which they died") {
    constexpr int many = 45;  // more than two pages
    for (int i = 0; i < many; ++i) {
        const std::string id = "j" + std::to_string(i);
        redis.cli({"HSET", "nexus:job:" + id, "state", i == 0 ? "succeeded" : "failed"});
        add("attempts", plain("stop", id));
        if (i % 9 == 0) add("deadline", plain("stop", "late" + std::to_string(i)));
    }
    add("malformed", "?");
    CHECK(list().Size() == 51);
    CHECK(list({"--limit", "2"}).Size() == 2);
    CHECK(at(list({"--limit", "1"}), "/0/reason") == "malformed");
    CHECK(list({"--reason", "deadline"}).Size() == 5);
    CHECK(at(list({"--reason", "deadline"}), "/0/job_id") == "late36");

    const auto requeued = dead({"requeue", "--all", "--reason", "attempts", "--json"});
    CHECK(requeued.code == 0);
    CHECK(requeued.out == "{\"requeued\":45,\"gone\":[],\"malformed\":[]}\n");
    const auto intake = redis.cli({"XRANGE", "nexus:jobs", "-", "+"});
    std::size_t last = 0;
    for (int i = 0; i < many; ++i) {
        const auto place = intake.find("\"id\":\"j" + std::to_string(i) + "\"");
        REQUIRE(place != std::string::npos);
        CHECK(place >= last);
        last = place;
    }
    CHECK(redis.cli({"EXISTS", "nexus:job:j1"}) == "0");
    CHECK(redis.cli({"HGET", "nexus:job:j0", "state"}) == "succeeded");
    CHECK(count() == "6");

    const auto rest = dead({"requeue", "--all"});
    CHECK(rest.code == 1);
    CHECK(rest.out == "requeued 5 of 6\n");
    CHECK(contains(dead({"drop", "--all"}).err, "1 dead letter"));
    CHECK(dead({"drop", "--all", "--yes"}).out == "dropped 1 of 1\n");
    CHECK(dead({"list", "--json"}).out == "[]\n");
}

TEST_CASE_FIXTURE(Dead, "what dead does not understand is refused before Redis is asked") {
    const std::vector<std::string> rows[] = {
        {},
        {"show"},
        {"show", "x"},
        {"show", "1-"},
        {"show", "-"},
        {"show", "1-1-1"},
        {"show", "123456789012345678901-0"},
        {"requeue"},
        {"requeue", "+"},
        {"requeue", "1-1", "--all"},
        {"requeue", "1-1", "--reason", "attempts"},
        {"drop", "--yes"},
        {"list", "--limit", "0"},
    };
    redis.stop();
    for (const auto& row : rows) {
        CAPTURE(row.size());
        CHECK(dead(row).code == 64);
    }
    CHECK(dead({"list"}).code == 69);
}
