#include "tenants/lifecycle.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "fake_backend.hpp"
#include "support/temp_dir.hpp"
#include "tenants/tenant_files.hpp"

using namespace nexus;
using namespace nexus::tenants;

namespace {

config::Settings make_settings(const std::string& root) {
    config::Settings settings;
    settings.node_name = "n1";
    settings.tenant_root = root;
    settings.nexus_image =
        std::get<config::ImageRef>(config::ImageRef::parse("ghcr.io/acme/nexus:1"));
    settings.runtime_cpus = 0.5;
    settings.runtime_memory = 64 << 20;
    settings.runtime_pids = 100;
    settings.bridge_port = 8765;
    settings.stop_timeout = std::chrono::seconds(1);
    settings.pull_timeout = std::chrono::seconds(5);
    settings.tenant_subnet_pool =
        std::get<config::Ipv4Network>(config::parse_ipv4_network("10.231.0.0/24"));
    return settings;
}

struct House {
    test::TempDir folder;
    config::Settings settings = make_settings(folder.path().string());
    Redactor redactor;
    Log log{STDERR_FILENO, LogLevel::critical, LogFormat::text, redactor};
    test::FakeBackend backend;
    TenantStore store{settings.tenant_root};
    SubnetPool subnets{settings.tenant_subnet_pool};
    ImagePuller puller{backend, "", redactor, log};
    Lifecycle lifecycle{backend, store, puller, subnets, settings};
    TenantId acme = *TenantId::parse("acme");
    CancelSource cancel;
    int jobs = 0;

    JobContext context() {
        const auto far = JobContext::Clock::now() + std::chrono::hours(1);
        return {{"job" + std::to_string(++jobs), 1, 1},
                acme,
                std::chrono::seconds(5),
                far,
                cancel.fd()};
    }
    VerbResult provision(const ProvisionRequest& request = {}) {
        auto circumstances = context();
        return lifecycle.provision(request, circumstances);
    }
    template <typename Verb>
    VerbResult run(Verb verb) {
        auto circumstances = context();
        return verb(circumstances);
    }
    VerbResult stop() {
        return run([&](JobContext& c) { return lifecycle.stop(c); });
    }
    VerbResult start(const StartRequest& request = {}) {
        return run([&](JobContext& c) { return lifecycle.start(request, c); });
    }
    VerbResult restart() {
        return run([&](JobContext& c) { return lifecycle.restart({}, c); });
    }
    VerbResult remove(bool keep_volumes = false) {
        return run([&](JobContext& c) { return lifecycle.remove(keep_volumes, c); });
    }
    ErrorCode code_of(const std::function<void()>& act) {
        try {
            act();
        } catch (const Failure& failure) {
            return failure.code();
        }
        FAIL("nothing was thrown");
        return ErrorCode::internal;
    }
    long count(const std::string& op) const {
        return std::count(backend.calls.begin(), backend.calls.end(), op);
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    House, "provision makes network, volumes and a running container with the tenant's identity") {
    const auto result = provision();
    CHECK(result.detail == "provisioned");
    REQUIRE(result.event);
    CHECK(result.event->type == "runtime.status");
    CHECK(result.event->payload == R"({"state":"running","source":"job","job_id":"job1"})");
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

TEST_CASE_FIXTURE(House,
                  "a second provision converges, keeps the container and sends no second event") {
    provision();
    const auto again = provision();
    CHECK(again.detail == "provisioned");
    CHECK_FALSE(again.event);
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
    CHECK(stop().event->payload.find("\"paused\"") != std::string::npos);
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

TEST_CASE_FIXTURE(House, "a container of this name with another tenant's label is not touched") {
    auto& foreign = backend.containers["tenant_acme_runtime"];
    foreign.name = "tenant_acme_runtime";
    foreign.labels = {{"io.nexus.tenant", "other"}};
    CHECK(code_of([&] { provision(); }) == ErrorCode::conflict);
    CHECK(code_of([&] { remove(); }) == ErrorCode::conflict);
    CHECK(count("remove") == 0);
    CHECK(count("stop") == 0);
}

TEST_CASE_FIXTURE(
    House, "a runtime that ends at once fails with its last log lines, its secrets blotted out") {
    backend.phase_after_start = Phase::exited;
    backend.log_text = "connecting with tok-12345\nfatal\n";
    ProvisionRequest request;
    request.env = tenants::Environment{{"API_TOKEN", "tok-12345"}};
    try {
        provision(request);
        FAIL("it came up");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::backend_failed);
        CHECK(failure.data() == R"({"log":["connecting with ***","fatal"]})");
    }
}

TEST_CASE_FIXTURE(
    House, "an unhealthy runtime fails, a starting one is waited for until the time is over") {
    backend.health_after_start = Health::unhealthy;
    CHECK(code_of([&] { provision(); }) == ErrorCode::backend_failed);
    backend.containers.at("tenant_acme_runtime").health = Health::starting;
    const auto soon = JobContext::Clock::now() + std::chrono::milliseconds(200);
    JobContext hurried({"j", 1, 1}, acme, std::chrono::seconds(5), soon, cancel.fd());
    CHECK(code_of([&] { lifecycle.start({}, hurried); }) == ErrorCode::timeout);
}

TEST_CASE_FIXTURE(House, "an image that cannot be had leaves the tenant as it was") {
    provision();
    backend.before = [](const std::string& op) {
        if (op == "ensure_image") throw BackendError(Code::not_found, "no such tag", false);
    };
    StartRequest request;
    request.image = "ghcr.io/acme/nexus:2";
    CHECK(code_of([&] { start(request); }) == ErrorCode::image_unavailable);
    CHECK(store.load(acme)->image == "ghcr.io/acme/nexus:1");
    CHECK(count("stop") == 0);
}

TEST_CASE_FIXTURE(House, "images are refused by the same rules everywhere") {
    ProvisionRequest request;
    for (const char* image : {"ghcr.io/acme/nexus", "ghcr.io/acme/nexus:latest",
                              "nexus:REPLACE_WITH_TAG", "UPPER/x:1", ""}) {
        CAPTURE(image);
        request.image = image;
        CHECK(code_of([&] { provision(request); }) == ErrorCode::image_invalid);
    }
    settings.image_allow = {config::ImagePrefix{"ghcr.io", "other"}};
    request.image = "ghcr.io/acme/nexus:1";
    CHECK(code_of([&] { provision(request); }) == ErrorCode::image_invalid);
}

TEST_CASE_FIXTURE(House,
                  "after a fault at any call the same job brings the tenant to the same place") {
    for (const char* op : {"ensure_image", "ensure_network", "ensure_volume", "ensure_container",
                           "start", "inspect"}) {
        CAPTURE(op);
        bool failed = false;
        backend.before = [&](const std::string& called) {
            if (called == op && !std::exchange(failed, true)) {
                throw BackendError(Code::unavailable, "gone", true);
            }
        };
        CHECK_THROWS_AS(provision(), Failure);
        CHECK(provision().detail == "provisioned");
        CHECK(backend.containers.at("tenant_acme_runtime").phase == Phase::running);
        remove();
    }
    for (const char* op : {"remove", "remove_network", "remove_volume", "inspect"}) {
        CAPTURE(op);
        backend.before = [](const std::string&) {};
        provision();
        bool failed = false;
        backend.before = [&](const std::string& called) {
            if (called == op && !std::exchange(failed, true)) {
                throw BackendError(Code::unavailable, "gone", true);
            }
        };
        CHECK_THROWS_AS(remove(), Failure);
        CHECK(remove().detail == "deleted");
        CHECK(backend.volumes.empty());
        CHECK_FALSE(store.load(acme));
    }
}

TEST_CASE_FIXTURE(House, "a job taken up again after a crash counts its starts") {
    JobContext first({"same", 1, 1}, acme, std::chrono::seconds(5),
                     JobContext::Clock::now() + std::chrono::hours(1), cancel.fd());
    lifecycle.provision({}, first);
    lifecycle.provision({}, first);
    CHECK(store.load(acme)->job->starts == 2);
}

TEST_CASE_FIXTURE(House,
                  "a container that lost its network for good is made anew, its volumes kept") {
    provision();
    stop();
    bool lost = true;
    backend.before = [&](const std::string& op) {
        if (op == "start" && lost) throw BackendError(Code::not_found, "network not found", false);
        if (op == "remove") lost = false;
    };
    CHECK(start().detail == "started");
    CHECK(count("remove") == 1);
    CHECK(count("remove_volume") == 0);
    CHECK(backend.containers.at("tenant_acme_runtime").phase == Phase::running);
}
