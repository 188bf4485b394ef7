// Which node a tenant is placed on, and when that ends.
#include <doctest/doctest.h>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

struct Placement {
    RedisServer redis;
    TempDir folder;
    Runner runner{redis,
                  {{"BACKEND_CONFIG", R"({"state_file":")" + (folder / "state") +
                                          R"(","latency_ms":20,"tenants":{"bad":)"
                                          R"({"fail":{"start":"INVALID"}}}})"}}};

    void add(const std::string& action, const std::string& id, const std::string& tenant) {
        redis.cli({"XADD", "nexus:jobs", "*", "job", plain(action, id, tenant)});
    }
    std::string reply(const std::string& id) {
        return redis.cli({"BLPOP", "nexus:reply:" + id, "30"});
    }
    std::string node_of(const std::string& tenant) {
        return redis.cli({"HGET", "nexus:tenants", tenant});
    }
    void wait_until_nowhere(const std::string& tenant) {
        wait_until([&] { return node_of(tenant).empty(); }, seconds(10),
                   "the placement of " + tenant + " has ended");
    }
};

}  // namespace

TEST_CASE_FIXTURE(Placement,
                  "a tenant that is deleted and provisioned again in one go stays placed, a "
                  "deleted one does not") {
    runner.start();
    const char* jobs[][3] = {{"provision", "p1", "acme"}, {"delete", "d1", "acme"},
                             {"provision", "p2", "acme"}, {"provision", "p3", "gone"},
                             {"delete", "d3", "gone"},    {"stop", "s3", "gone"}};
    for (const auto& job : jobs)
        add(job[0], job[1], job[2]);
    CHECK(contains(reply("p2"), "provisioned"));
    CHECK(contains(reply("s3"), "tenant_not_found"));
    CHECK(node_of("acme") == "n1");
    wait_until_nowhere("gone");
    CHECK(node_of("acme") == "n1");
}

TEST_CASE_FIXTURE(Placement,
                  "one that a deletion left is ended by the next process, one of a tenant that is "
                  "only missing on the disk is kept") {
    redis.cli({"HSET", "nexus:tenants", "deleted", "n1", "missing", "n1", "away", "n2"});
    redis.cli({"HSET", "nexus:node:n1:gone", "deleted", "x", "away", "x"});
    runner.start();
    wait_until_nowhere("deleted");
    CHECK(node_of("missing") == "n1");
    CHECK(node_of("away") == "n2");
    CHECK(redis.cli({"EXISTS", "nexus:node:n1:gone"}) == "0");
}

TEST_CASE_FIXTURE(Placement,
                  "a tenant whose second provision fails after its deletion stays placed") {
    runner.start();
    add("provision", "p1", "bad");
    add("delete", "d1", "bad");
    add("provision", "p2", "bad");
    add("provision", "p3", "acme");
    CHECK(contains(reply("p2"), R"("status":"failed")"));
    CHECK(contains(reply("p3"), "provisioned"));
    add("provision", "p4", "acme");
    CHECK(contains(reply("p4"), "provisioned"));
    CHECK(node_of("bad") == "n1");
    CHECK(redis.cli({"EXISTS", "nexus:node:n1:gone"}) == "0");
}
