// The runner on Redis Cluster, on a node that serves the one slot of its prefix and no other: a
// script that touched a key elsewhere would fail.
#include <doctest/doctest.h>

#include <sstream>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

const std::string prefix = "{nexus}";

RedisOptions cluster_options() {
    return {.config = {"cluster-enabled yes", "cluster-require-full-coverage no",
                       "cluster-port " + std::to_string(free_port())}};
}

class ClusterNode {
  public:
    ClusterNode() {
        server_.cli({"CLUSTER", "ADDSLOTS", server_.cli({"CLUSTER", "KEYSLOT", prefix})});
        wait_until(
            [this] {
                return contains(server_.cli({"CLUSTER", "INFO"}), "cluster_state:ok");
            },
            seconds(20), "the cluster serves");
    }
    const RedisServer& server() const { return server_; }
    std::string cli(const std::vector<std::string>& arguments) const {
        return server_.cli(arguments);
    }

  private:
    RedisServer server_{cluster_options()};
};

std::string job(const std::string& action, const std::string& id) {
    return plain(action, id, "acme", prefix);
}

}  // namespace

TEST_CASE("every kind of job and end works where all keys must be in one slot") {
    const ClusterNode redis;
    Runner runner(redis.server(), {{"QUEUE_PREFIX", prefix},
                                   {"BACKEND_CONFIG",
                                    R"({"tenants":{"broken":{"fail":{"start":"UNAVAILABLE"}}}})"}});
    runner.start();
    Process live(redis.server().cli_command({"PSUBSCRIBE", "tenant:*:events"}));
    wait_until([&] { return contains(live.output(), "psubscribe"); }, seconds(10),
               "the subscription stands");
    const auto run = [&](const std::string& action, const std::string& id) {
        return raw_job(redis.server(), id, job(action, id), prefix);
    };
    for (const auto& row : verbs) {
        CAPTURE(row.action);
        CHECK(at(run(row.action, row.action), "/detail") == row.detail);
    }
    CHECK(at(run("provision", "provision"), "/detail") == "provisioned");  // from the ledger
    CHECK(at(run("start", "nobody"), "/error/code") == "tenant_not_found");
    CHECK(at(run("explode", "malformed"), "/error/code") == "invalid_job");
    redis.cli({"XADD", prefix + ":node:n1:jobs", "*", "job", job("provision", "direct")});
    CHECK(contains(redis.cli({"BLPOP", prefix + ":reply:direct", "30"}), "provisioned"));
    const std::string hopeless =
        R"({"id":"hopeless","action":"provision","tenant_id":"broken","payload":{},)"
        R"("max_attempts":2,"reply_to":"{nexus}:reply:hopeless"})";
    redis.cli({"XADD", prefix + ":jobs", "*", "job", hopeless});
    CHECK(contains(redis.cli({"BLPOP", prefix + ":reply:hopeless", "30"}), R"("attempts":2)"));
    CHECK(at(runner.job({"stop", "acme"}), "/detail") == "stopped");
    CHECK(contains(runner.cli({"events", "acme"}).out, "runtime.status"));
    CHECK(runner.cli({"job", "direct"}).code == 0);
    CHECK(redis.cli({"XLEN", prefix + ":dead"}) == "3");
    wait_until([&] { return contains(live.output(), "deleted"); }, seconds(10), "events came live");
    CHECK(runner.http("/readyz").status == 200);
    CHECK(runner.stop() == 0);
    std::istringstream keys(redis.cli({"KEYS", "*"}));
    for (std::string key; std::getline(keys, key);)
        CHECK(key.rfind(prefix + ":", 0) == 0);
}

TEST_CASE("a prefix that spreads its keys over the cluster, or is elsewhere, is refused") {
    const ClusterNode redis;
    Runner spread(redis.server(), {});
    CHECK(spread.refusal() == 78);
    CHECK(contains(spread.log(), "set QUEUE_PREFIX={nexus}"));
    Runner elsewhere(redis.server(), {{"QUEUE_PREFIX", "{other}"}});
    CHECK(elsewhere.refusal() == 69);
    CHECK(contains(elsewhere.log(), "Hash slot not served"));
}
