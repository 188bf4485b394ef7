#include "house.hpp"

using namespace nexus;
using namespace nexus::tenants;

TEST_CASE_FIXTURE(
    House, "provision makes network, volumes and a running container with the tenant's identity") {
    const auto result = provision();
    CHECK(result.detail == "provisioned");
    REQUIRE(result.events.size() == 1);
    CHECK(result.events[0].type == "runtime.status");
    CHECK(result.events[0].payload == R"({"state":"running","source":"job","job_id":"job1"})");
    const auto& container = backend.containers.at("tenant_acme_runtime");
    CHECK(container.phase == Phase::running);
    CHECK(container.labels.at("io.nexus.tenant") == "acme");
    CHECK(container.labels.at("io.nexus.node") == "n1");
    CHECK(backend.volumes.count("tenant_acme_session") == 1);
    CHECK(backend.volumes.count("tenant_acme_state") == 1);
    CHECK(backend.networks.at("tenant_acme_net").subnet == "10.231.0.0/28");
    const auto record = store.load(acme);
    REQUIRE(record);
    CHECK(record->image == "ghcr.io/acme/nexus:1");
    CHECK(record->job->id == "job1");
}

TEST_CASE_FIXTURE(House, "a subnet that a network of no record has is passed over for good") {
    int others = 2;
    backend.before = [&others](const std::string& op) {
        if (op == "ensure_network" && others-- > 0)
            throw BackendError(Code::conflict, "Pool overlaps with other one", false);
    };
    CHECK(provision().detail == "provisioned");
    CHECK(backend.networks.at("tenant_acme_net").subnet == "10.231.0.32/28");
    CHECK(store.load(acme)->network.subnet == "10.231.0.32/28");
    CHECK(subnets.take() == "10.231.0.48/28");
}

TEST_CASE_FIXTURE(House,
                  "a second provision converges, keeps the container and sends no second event") {
    provision();
    const auto again = provision();
    CHECK(again.detail == "provisioned");
    CHECK(again.events.empty());
    CHECK(count("remove") == 0);
    CHECK(store.load(acme)->network.subnet == "10.231.0.0/28");
}

TEST_CASE_FIXTURE(House, "a changed environment means a new container and the same volumes") {
    provision();
    ProvisionRequest request;
    request.env = tenants::Environment{{"GREETING", "hello"}};
    provision(request);
    CHECK(count("remove") == 1);
    CHECK(count("remove_volume") == 0);
    CHECK(backend.specs.at("tenant_acme_runtime").env.at("GREETING") == "hello");
}

TEST_CASE_FIXTURE(House, "the shared secret is kept when a later job leaves it out") {
    ProvisionRequest request;
    request.bridge_shared_secret = "s3cret-value";
    provision(request);
    request.bridge_shared_secret.reset();
    request.env = tenants::Environment{{"A", "1"}};
    provision(request);
    CHECK(backend.specs.at("tenant_acme_runtime").env.at("BRIDGE_SHARED_SECRET") == "s3cret-value");
}

TEST_CASE_FIXTURE(House, "stop and start are idempotent, and start brings back what was stopped") {
    provision();
    CHECK(stop().events.at(0).payload.find("\"paused\"") != std::string::npos);
    CHECK(stop().detail == "stopped");
    CHECK(backend.containers.at("tenant_acme_runtime").phase == Phase::exited);
    CHECK(store.load(acme)->desired == Desired::stopped);
    CHECK(start().detail == "started");
    CHECK(start().detail == "started");
    CHECK(backend.containers.at("tenant_acme_runtime").phase == Phase::running);
}

TEST_CASE_FIXTURE(House, "a restart that is taken up again after a crash does nothing twice") {
    provision();
    restart();
    --jobs;  // the same job again, as by a process that did not live to see its result arrive
    restart();
    CHECK(count("stop") == 1);
    CHECK(count("start") == 2);
}

TEST_CASE_FIXTURE(House, "restart of a running runtime stops and starts it") {
    provision();
    CHECK(restart().detail == "restarted");
    CHECK(count("stop") == 1);
    CHECK(count("start") == 2);
}

TEST_CASE_FIXTURE(House, "a verb for a tenant that is not here is tenant_not_found") {
    CHECK(code_of([&] { start(); }) == ErrorCode::tenant_not_found);
    CHECK(code_of([&] { stop(); }) == ErrorCode::tenant_not_found);
    CHECK(code_of([&] { run([&](JobContext& c) { return lifecycle.health(c); }); }) ==
          ErrorCode::tenant_not_found);
}

TEST_CASE_FIXTURE(House,
                  "delete leaves nothing, gives the subnet back, and a second one succeeds") {
    provision();
    CHECK(remove().detail == "deleted");
    CHECK(backend.containers.empty());
    CHECK(backend.networks.empty());
    CHECK(backend.volumes.empty());
    CHECK_FALSE(store.load(acme));
    CHECK(subnets.take() == "10.231.0.0/28");
    CHECK(remove().detail == "deleted");
}

TEST_CASE_FIXTURE(House, "delete with keep_volumes keeps both volumes") {
    provision();
    remove(true);
    CHECK(backend.volumes.size() == 2);
    CHECK(backend.containers.empty());
}
