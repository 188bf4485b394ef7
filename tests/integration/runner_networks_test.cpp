// Which network a tenant is on: one of its own with a /28 that it keeps, or the operator's.
#include <doctest/doctest.h>

#include "integration/tenant_node.hpp"
#include "integration/tenant_site.hpp"

namespace nexus::test {
namespace {

const std::string shared_network = "rt_shared";

struct Node : TenantNode {
    ~Node() { engine.curl("DELETE", "/networks/" + shared_network); }
    // By tenant.json, which must be what the engine says.
    std::string subnet(const std::string& tenant) const {
        const auto kept = parsed(read_file(runner.tenant_root() + "/" + tenant + "/tenant.json"));
        const auto seen = parsed(engine.curl("GET", "/networks/tenant_" + tenant + "_net").body);
        CHECK(at(kept, "/network/subnet") == at(seen, "/IPAM/Config/0/Subnet"));
        return at(kept, "/network/subnet");
    }
};

}  // namespace

TEST_CASE_FIXTURE(Node, "a tenant keeps its /28 over restarts, and nobody else has it until then") {
    runner.env()["TENANT_SUBNET_POOL"] = "10.232.7.0/27";  // two
    runner.start();
    REQUIRE(provision("rt-one") == "provisioned");
    REQUIRE(provision("rt-two") == "provisioned");
    CHECK(subnet("rt-one") == "10.232.7.0/28");
    CHECK(subnet("rt-two") == "10.232.7.16/28");
    CHECK(runner.stop() == 0);

    runner.start();
    const auto none_left = runner.job({"provision", "rt-three"});
    CHECK(at(none_left, "/error/code") == "exhausted");
    CHECK(contains(at(none_left, "/error/message"), "TENANT_SUBNET_POOL"));
    CHECK(at(runner.job({"delete", "rt-one"}), "/detail") == "deleted");
    CHECK_FALSE(engine.has_network("tenant_rt-one_net"));
    CHECK(runner.stop() == 0);

    runner.start();
    REQUIRE(provision("rt-three") == "provisioned");
    CHECK(subnet("rt-three") == "10.232.7.0/28");
    CHECK(provision("rt-two") == "provisioned");
    CHECK(subnet("rt-two") == "10.232.7.16/28");
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(Node, "shared tenants are on the operator's network, which must be there") {
    runner.env()["TENANT_ISOLATION"] = "shared";
    runner.env()["TENANT_NETWORK"] = shared_network;
    CHECK(runner.refusal() == 78);
    CHECK(contains(runner.log(), "the engine has no network " + shared_network));
    REQUIRE(as_operator(engine, engine.kind() + " network create " + shared_network).code == 0);
    runner.start();
    REQUIRE(engine.curl("DELETE", "/networks/" + shared_network).status < 300);
    const auto refused = at(runner.job({"provision", "rt-one"}), "/error/message");
    CAPTURE(refused);
    CHECK(contains(refused, "TENANT_NETWORK"));
    const std::string mend = "Make it: ";
    REQUIRE(contains(refused, mend));
    const auto line = refused.substr(refused.find(mend) + mend.size());
    CHECK(contains(line, engine.kind() + " network create "));
    REQUIRE(as_operator(engine, line).code == 0);

    REQUIRE(provision("rt-one") == "provisioned");
    REQUIRE(provision("rt-two") == "provisioned");
    for (const char* tenant : {"rt-one", "rt-two"}) {
        CHECK(engine.facts(runtime_of(tenant)).networks == std::set<std::string>{shared_network});
        CHECK_FALSE(engine.has_network("tenant_" + std::string(tenant) + "_net"));
    }
    CHECK(at(runner.job({"delete", "rt-one"}), "/detail") == "deleted");
    CHECK(at(runner.job({"delete", "rt-two"}), "/detail") == "deleted");
    CHECK(engine.has_network(shared_network));
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(Node, "the firewall lines of a shared network are for its subnet") {
    const auto site = tenant_site();
    if (!site) return;
    runner.env()["TENANT_ISOLATION"] = "shared";
    runner.env()["TENANT_NETWORK"] = shared_network;
    REQUIRE(as_operator(engine, engine.kind() + " network create " + shared_network).code == 0);
    const RedisServer here;  // the other one is in another network
    runner.env()["REDIS_URL"] = here.url();
    runner.start();
    REQUIRE(provision("rt-one") == "provisioned");
    REQUIRE(provision("rt-two") == "provisioned");
    const std::vector<Place> places{{"metadata", WorkerNetwork::metadata, WorkerNetwork::web_port},
                                    {"here", WorkerNetwork::worker, site->network().serve_here()},
                                    {"internet", WorkerNetwork::internet, WorkerNetwork::web_port}};
    CHECK(site->tried(places, "rt-one") ==
          Reached{{"metadata", "yes"}, {"here", "yes"}, {"internet", "yes"}});
    for (const auto& line : firewall_lines(runner))
        CHECK(as_operator(engine, line).code == 0);
    for (const char* tenant : {"rt-one", "rt-two"}) {
        CHECK(site->tried(places, tenant) ==
              Reached{{"metadata", "no"}, {"here", "no"}, {"internet", "yes"}});
    }
    CHECK(runner.stop() == 0);
}

}  // namespace nexus::test
