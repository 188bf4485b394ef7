#include "house.hpp"

using namespace nexus;
using namespace nexus::tenants;

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

TEST_CASE_FIXTURE(House,
                  "an image that is removed before it is used is pulled by the next attempt") {
    backend.before = [&](const std::string& op) {
        if (op != "ensure_container" || count("ensure_image") > 1) return;
        backend.images.clear();
        throw BackendError(Code::not_found, "there is no image", false);
    };
    try {
        provision();
        FAIL("it came up");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::backend_failed);
        CHECK(failure.retryable());
    }
    CHECK(provision().detail == "provisioned");
    CHECK(backend.images.contains("ghcr.io/acme/nexus:1"));
}

TEST_CASE_FIXTURE(House,
                  "a shared network that is missing is named by its setting, with the mend") {
    settings.tenant_isolation = config::Isolation::shared;
    settings.tenant_network = "runner_internal";
    backend.before = [](const std::string& op) {
        if (op == "ensure_container")
            throw BackendError(Code::not_found, "there is no network runner_internal", false);
    };
    for (const std::string engine : {"docker", "podman"}) {
        settings.backend = engine;
        try {
            provision();
            FAIL("it came up");
        } catch (const Failure& failure) {
            const std::string message = failure.what();
            CAPTURE(message);
            CHECK(message.find("TENANT_NETWORK") != std::string::npos);
            CHECK(message.find("Make it: " + engine + " network create --opt ") !=
                  std::string::npos);
            CHECK(message.ends_with(" runner_internal"));
        }
    }
    CHECK(count("ensure_network") == 0);
    backend.before = [](const std::string& op) {
        if (op == "ensure_container")
            throw BackendError(Code::not_found, "there is no image x", false);
    };
    try {
        provision();
    } catch (const Failure& failure) {
        CHECK(failure.what() == std::string("there is no image x"));
    }
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
        fail_once(op);
        CHECK_THROWS_AS(provision(), Failure);
        CHECK(provision().detail == "provisioned");
        CHECK(backend.containers.at("tenant_acme_runtime").phase == Phase::running);
        remove();
    }
    for (const char* op : {"remove", "remove_network", "remove_volume", "inspect"}) {
        CAPTURE(op);
        backend.before = [](const std::string&) {};
        provision();
        fail_once(op);
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
