// Several runners on one real Redis, each as the Redis user of its own node, with the simulated
// backend.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

struct Workers {
    GuardedRedis redis{{}, {"n1", "n2", "n3"}};
    Runner n1 = worker("n1"), n2 = worker("n2"), n3 = worker("n3");

    Runner worker(const std::string& name) {
        return {redis, {{"NODE_NAME", name}, {"REDIS_URL", redis.node_url(name)}}};
    }
    std::string field(const std::string& node, const std::string& name) const {
        return redis.cli({"HGET", "nexus:node:" + node, name});
    }
    std::string place(const std::string& tenant) const {
        return redis.cli({"HGET", "nexus:tenants", tenant});
    }
    // One member of a node in `nodes --json`.
    std::string shown(const std::string& node, const std::string& name) const {
        return at(member_of(n1.cli({"nodes", "--json"}).out, "node", node), ("/" + name).c_str());
    }
    std::size_t placed(const std::string& node) const {
        json::Document rows;
        rows.Parse(n1.cli({"tenants", "--node", node, "--json"}).out.c_str());
        REQUIRE(rows.IsArray());
        return rows.Size();
    }
    void require_counted(const std::string& node) const {
        CAPTURE(node);
        CHECK(field(node, "tenants") == std::to_string(placed(node)));
    }
    bool joined(const std::string& node) const {
        const auto consumers = redis.cli({"--raw", "XINFO", "CONSUMERS", "nexus:jobs", "router"});
        return contains(consumers + "\n", "name\n" + node + "\n");
    }
    // Many jobs at once, a tenant each: t100, t101, …
    void add_jobs(const std::string& action, int count) const {
        TempDir folder;
        std::string lines;
        for (int i = 0; i < count; ++i) {
            const std::string tenant = "t" + std::to_string(100 + i);
            lines += R"(XADD nexus:jobs * job '{"id":")" + action + tenant + R"(","action":")" +
                     action + R"(","tenant_id":")" + tenant + R"(","payload":{}}')" + "\n";
        }
        write_file(folder / "jobs", lines);
        const auto added = run(Command{{"sh", "-c",
                                        "redis-cli -p " + std::to_string(redis.port()) + " <" +
                                            (folder / "jobs") + " | grep -vc ERR"}});
        REQUIRE(added.out == std::to_string(count) + "\n");
    }
    void wait_for_results(std::size_t count) const {
        wait_until(
            [&] {
                return redis.cli({"XLEN", "nexus:results"}) == std::to_string(count);
            },
            seconds(60), std::to_string(count) + " results");
    }
    static json::Document member_of(const std::string& rows, const char* name,
                                    const std::string& value) {
        json::Document all, found;
        all.Parse(rows.c_str());
        const json::Document& nodes = all;
        REQUIRE(nodes.IsArray());
        for (const auto& node : nodes.GetArray()) {
            if (node[name].GetString() == value) found.CopyFrom(node, found.GetAllocator());
        }
        return found;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Workers, "tenants spread evenly; a node that was killed is missed by none else") {
    for (auto* runner : {&n1, &n2, &n3})
        runner->start();
    constexpr int tenants = 300;
    add_jobs("provision", tenants);
    wait_for_results(tenants);
    for (const char* node : {"n1", "n2", "n3"}) {
        require_counted(node);
        CHECK(placed(node) >= 90);
        CHECK(placed(node) <= 110);
        CHECK(shown(node, "state") == "active");
        CHECK(shown(node, "jobs") == "0");
    }

    n2.kill();
    const auto missing = placed("n2");
    add_jobs("restart", tenants);
    wait_for_results(tenants + tenants - missing);
    wait_until([&] { return shown("n2", "state") == "down"; }, seconds(20), "n2 is shown as down");
    CHECK(shown("n2", "tenants") == std::to_string(missing));
    CHECK(shown("n2", "jobs") == std::to_string(missing));
    CHECK(contains(n1.cli({"nodes"}).out, "down"));
    CHECK(contains(n1.cli({"tenants", "--node", "n2"}).out, "no"));
    CHECK(n1.http("/readyz").status == 200);
    CHECK(n3.http("/readyz").status == 200);

    n2.start();
    wait_for_results(2 * tenants);
    CHECK_FALSE(contains(redis.cli({"XRANGE", "nexus:results", "-", "+"}), R"("failed")"));
    add_jobs("delete", tenants / 2);
    wait_for_results(2 * tenants + tenants / 2);
    // A placement ends once nothing that is still to be read can be about its tenant.
    wait_until(
        [&] {
            return redis.cli({"HLEN", "nexus:tenants"}) == "150";
        },
        seconds(20), "the placements of those that were deleted have ended");
    for (const char* node : {"n1", "n2", "n3"})
        require_counted(node);
}

TEST_CASE_FIXTURE(Workers, "a drained node keeps its tenants and gets none, until that is undone") {
    n1.start();
    n2.start();
    CHECK(at(n1.job({"provision", "acme", "--node", "n2"}), "/node") == "n2");
    const auto drained = n2.cli({"drain"});
    CAPTURE(drained.err);
    CHECK(drained.code == 0);
    CHECK(contains(drained.out, "n2 is draining: it keeps its 1 tenant"));

    const auto gets_none = [&](const std::string& tenant) {
        CHECK(shown("n2", "state") == "draining");
        const auto taken = n1.job({"provision", tenant});
        CAPTURE(tenant);
        CAPTURE(json::to_text(taken));
        CHECK(at(taken, "/status") == "succeeded");
        CHECK(at(taken, "/node") == "n1");
        const auto refused = n1.job({"provision", tenant + "-2", "--node", "n2"});
        CHECK(at(refused, "/error/code") == "conflict");
        CHECK(contains(at(refused, "/error/message"), "nexus-runner drain n2 --undo"));
        CHECK(place(tenant + "-2").empty());
        CHECK(at(n1.job({"restart", "acme"}), "/node") == "n2");
        require_counted("n2");
    };
    gets_none("globex");
    // The node has not kept its lease since, and must know all the same.
    SUBCASE("over an orderly restart") {
        CHECK(n2.stop() == 0);
        n2.start();
        gets_none("initech");
        CHECK(n2.cli({"drain", "--undo", "--json"}).out ==
              "{\"node\":\"n2\",\"state\":\"active\",\"tenants\":1}\n");
        CHECK(at(n1.job({"provision", "umbrella", "--node", "n2"}), "/status") == "succeeded");
        CHECK(n2.stop() == 0);
        n2.start();
        CHECK(field("n2", "state") == "active");
        require_counted("n2");
    }
    SUBCASE("over a crash, and over the loss of all that Redis had") {
        n2.kill();
        n2.start();
        gets_none("initech");
        redis.cli({"FLUSHALL"});
        wait_until([&] { return place("acme") == "n2" && place("globex") == "n1"; }, seconds(20),
                   "the tenants are placed again");
        // A node that has not joined yet is none that a new tenant could go to.
        wait_until([&] { return joined("n1") && joined("n2"); }, seconds(20), "both joined again");
        gets_none("umbrella");
        require_counted("n1");
    }
}

TEST_CASE_FIXTURE(Workers, "a node that stops is seen as draining, and is active after its start") {
    n1.env()["BACKEND_CONFIG"] = R"({"tenants":{"acme":{"latency_ms":60000}}})";
    n1.env()["DRAIN_TIMEOUT"] = "2s";
    n1.start();
    redis.cli({"XADD", "nexus:jobs", "*", "job", plain("provision", "slow")});
    wait_until(
        [&] {
            return redis.cli({"HGET", "nexus:job:slow", "state"}) == "running";
        },
        seconds(20), "it runs");
    n1.process().signal(SIGTERM);
    wait_until([&] { return field("n1", "state") == "draining"; }, seconds(10),
               "others see that it stops");
    bool drained = false;
    SUBCASE("unless an operator drains it meanwhile") {
        drained = true;
        CHECK(n1.cli({"drain"}).code == 0);
    }
    SUBCASE("of itself") {}
    CHECK(n1.process().wait(seconds(20)) == 0);
    n1.env()["BACKEND_CONFIG"] = "{}";
    n1.start();
    CHECK(field("n1", "state") == (drained ? "draining" : "active"));
    CHECK(redis.cli({"HEXISTS", "nexus:node:n1", "stopping"}) == "0");
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:slow", "30"}), "provisioned"));
}

TEST_CASE_FIXTURE(Workers, "where every node is drained a new tenant is refused, with the mend") {
    n1.start();
    CHECK(n1.cli({"drain", "n1"}).code == 0);
    const auto refused = n1.job({"provision", "acme"});
    CHECK(at(refused, "/error/code") == "conflict");
    CHECK(contains(at(refused, "/error/message"), "node n1 is draining"));
    redis.cli({"XADD", "nexus:node:n1:jobs", "*", "job", plain("provision", "direct")});
    CHECK(contains(redis.cli({"BLPOP", "nexus:reply:direct", "20"}), "node n1 is draining"));
    CHECK(place("acme").empty());
    CHECK(n1.cli({"drain", "n1", "--undo"}).code == 0);
    CHECK(at(n1.job({"provision", "acme"}), "/status") == "succeeded");
    require_counted("n1");
}

TEST_CASE_FIXTURE(Workers,
                  "a tenant goes to the node that was asked for, also to one that is down") {
    n1.start();
    n2.start();
    CHECK(at(n1.job({"provision", "acme", "--node", "n2"}), "/node") == "n2");
    CHECK(at(n1.job({"provision", "acme", "--node", "n1"}), "/error/code") ==
          "tenant_exists_elsewhere");
    const auto unknown = n1.job({"provision", "globex", "--node", "n9"});
    CHECK(at(unknown, "/error/code") == "invalid_job");
    CHECK(contains(at(unknown, "/error/message"), "n9"));
    CHECK(place("globex").empty());

    CHECK(n2.stop() == 0);
    CHECK(shown("n2", "state") == "down");
    CHECK(n1.cli({"submit", "provision", "globex", "--node", "n2", "--id", "waits"}).code == 0);
    wait_until([&] { return place("globex") == "n2"; }, seconds(10), "it is placed");
    CHECK(shown("n2", "jobs") == "1");
    CHECK(shown("n2", "tenants") == "2");
    const auto hopeless = n1.cli({"submit", "provision", "globex", "--node", "n2", "--id", "waits",
                                  "--wait", "--timeout", "1"});
    CHECK(hopeless.code == 1);
    CHECK(contains(hopeless.err, "it is queued on node n2"));
    n2.start();
    wait_until(
        [&] {
            return redis.cli({"HGET", "nexus:job:waits", "state"}) == "succeeded";
        },
        seconds(20), "the node that came back ran it");
    require_counted("n2");
}

TEST_CASE_FIXTURE(Workers, "a tenant of another node is never touched") {
    n1.start();
    n2.start();
    CHECK(at(n1.job({"provision", "acme", "--node", "n1"}), "/status") == "succeeded");
    for (const char* action : {"provision", "stop", "delete"}) {
        const std::string id = std::string("astray-") + action;
        redis.cli({"XADD", "nexus:node:n2:jobs", "*", "job", plain(action, id)});
        CHECK(contains(redis.cli({"BLPOP", "nexus:reply:" + id, "20"}),
                       R"("code":"tenant_exists_elsewhere")"));
    }
    CHECK(place("acme") == "n1");
    CHECK_FALSE(std::filesystem::exists(n2.tenant_root() + "/acme"));
    require_counted("n1");
    require_counted("n2");
}

TEST_CASE_FIXTURE(Workers, "the commands on nodes say what is wrong and where nobody is") {
    CHECK(n1.cli({"nodes", "--json"}).out == "[]\n");
    CHECK(n1.cli({"tenants", "--json"}).out == "[]\n");
    const auto down = n1.cli({"drain"});
    CHECK(down.code == 1);
    CHECK(contains(down.err, "node n1 is not running; "));
    CHECK(redis.cli({"EXISTS", "nexus:node:n1"}) == "0");
    CHECK(n1.cli({"drain", "../x"}).code == 64);
    redis.cli({"HSET", "nexus:tenants", "acme", "gone"});
    CHECK(contains(n1.cli({"nodes"}).out, "gone"));
    CHECK(n1.cli({"tenants", "--json"}).out ==
          "[{\"tenant_id\":\"acme\",\"node\":\"gone\",\"node_alive\":false}]\n");
}
