#include "house.hpp"

using namespace nexus;
using namespace nexus::tenants;

namespace {

const StartRequest second{"ghcr.io/acme/nexus:2"};
const StartRequest third{"ghcr.io/acme/nexus:3"};

struct Updated : House {
    Updated() { provision(); }

    void expect_runs(const std::optional<std::string>& image) {
        CHECK(runtime().image == *image);
        CHECK(runtime().phase == Phase::running);
        CHECK_FALSE(has_aside());
        const auto record = store.load(acme);
        CHECK(record->image == *image);
        CHECK(record->previous_image.empty());
        CHECK(record->desired == Desired::running);
        CHECK(backend.effects.end() == std::find_if(backend.effects.begin(), backend.effects.end(),
                                                    [](const std::string& effect) {
                                                        return effect.find("remove_volume") == 0;
                                                    }));
    }
    bool tells(const std::string& type) const {
        return std::any_of(told.begin(), told.end(),
                           [&](const TenantEvent& event) { return event.type == type; });
    }
};

}  // namespace

TEST_CASE_FIXTURE(Updated, "a good image replaces the old one, and the world hears of it") {
    for (const auto& update :
         {std::function<void()>([&] { start(second); }), {[&] { restart(third); }}}) {
        backend.effects.clear();
        update();
        CHECK(backend.effects ==
              std::vector<std::string>{"stop tenant_acme_runtime", "rename tenant_acme_runtime",
                                       "ensure_container tenant_acme_runtime",
                                       "start tenant_acme_runtime", "remove tenant_acme_previous"});
        REQUIRE(told.size() == 1);
        CHECK(told[0].type == "image.updated");
    }
    expect_runs(third.image);
    CHECK(
        told[0].payload ==
        R"({"image":"ghcr.io/acme/nexus:3","previous_image":"ghcr.io/acme/nexus:2","job_id":"job3"})");
}

TEST_CASE_FIXTURE(Updated, "a bad image is taken back, and the job has its log") {
    backend.bad_images = {*second.image};
    try {
        start(second);
        FAIL("it was kept");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::image_rolled_back);
        CHECK_FALSE(failure.retryable());
        CHECK(failure.data() == R"({"log":["first","last"]})");
    }
    expect_runs("ghcr.io/acme/nexus:1");
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "image.rolled_back");
    const auto calls = backend.calls.size();
    --jobs;  // the result did not arrive, and the job comes again
    CHECK(code_of([&] { start(second); }) == ErrorCode::image_rolled_back);
    CHECK(backend.calls.size() == calls);
    CHECK(tells("image.rolled_back"));
    CHECK(start().detail == "started");
}

TEST_CASE_FIXTURE(Updated, "what was stopped is stopped again after a bad image") {
    stop();
    backend.bad_images = {*second.image};
    CHECK(code_of([&] { start(second); }) == ErrorCode::image_rolled_back);
    CHECK(runtime().image == "ghcr.io/acme/nexus:1");
    CHECK(runtime().phase == Phase::exited);
    CHECK(store.load(acme)->desired == Desired::stopped);
}

TEST_CASE_FIXTURE(Updated, "an image that cannot be created or started is a bad one") {
    for (const char* op : {"ensure_container", "start"}) {
        CAPTURE(op);
        fail_once(op, Code::invalid);
        CHECK(code_of([&] { start(second); }) == ErrorCode::image_rolled_back);
        expect_runs("ghcr.io/acme/nexus:1");
    }
}

TEST_CASE_FIXTURE(Updated, "a runtime without a health check must stay up for the whole trial") {
    backend.runs_programs = true;
    settings.stop_timeout = std::chrono::seconds(0);
    Lifecycle patient(backend, store, puller, subnets, book, settings,
                      std::chrono::milliseconds(60));
    int looks = 0;
    backend.before = [&](const std::string& op) {
        if (op == "inspect" && runtime().image == *second.image && ++looks == 2) {
            backend.containers.at("tenant_acme_runtime").restarts = 1;
        }
    };
    CHECK(code_of([&] { run([&](JobContext& c) { return patient.start(second, c); }); }) ==
          ErrorCode::image_rolled_back);
    expect_runs("ghcr.io/acme/nexus:1");
    looks = 100;
    run([&](JobContext& c) { return patient.start(second, c); });
    expect_runs(second.image);
}

TEST_CASE_FIXTURE(Updated, "one that does not become healthy while the job has time is a bad one") {
    backend.health_after_start = Health::starting;
    const auto soon = JobContext::Clock::now() + std::chrono::milliseconds(100);
    JobContext hurried({"j", 1, 1}, acme, std::chrono::seconds(5), soon, cancel.fd());
    CHECK(code_of([&] { lifecycle.start(second, hurried); }) == ErrorCode::image_rolled_back);
    expect_runs("ghcr.io/acme/nexus:1");
}

TEST_CASE_FIXTURE(Updated, "an image that cannot be had disturbs nobody") {
    backend.effects.clear();
    fail_once("ensure_image", Code::not_found);
    CHECK(code_of([&] { start(second); }) == ErrorCode::image_unavailable);
    CHECK(backend.effects.empty());
    expect_runs("ghcr.io/acme/nexus:1");
}

TEST_CASE_FIXTURE(Updated, "an engine that is away is no verdict: the next attempt goes on") {
    std::optional<std::string> image;
    for (const char* op : {"inspect", "stop", "rename", "ensure_network", "ensure_volume",
                           "ensure_container", "start", "info", "remove"}) {
        CAPTURE(op);
        image = "ghcr.io/acme/nexus:after-" + std::string(op);
        backend.effects.clear();
        fail_once(op);
        CHECK_THROWS_AS(start({image}), Failure);
        --jobs;
        start({image});
        CHECK(doubled().empty());
        CHECK(tells("image.updated"));
        expect_runs(image);
    }
}

TEST_CASE_FIXTURE(Updated,
                  "after a death at any step the same job ends with the new image, and does "
                  "nothing twice") {
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        const std::optional<std::string> image = "ghcr.io/acme/nexus:n" + std::to_string(step);
        backend.effects.clear();
        died = dies_at(step, [&] { restart({image}); });
        CHECK(doubled().empty());
        CHECK(tells("image.updated"));
        expect_runs(image);
    }
}

TEST_CASE_FIXTURE(Updated,
                  "after a death at any step the same job ends with the old image where the "
                  "new one is bad") {
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        const std::string image = "ghcr.io/acme/nexus:n" + std::to_string(step);
        backend.bad_images = {image};
        backend.effects.clear();
        ErrorCode code{};
        const auto bad = [&] { code = code_of([&] { start({image}); }); };
        died = dies_at(step, bad);
        CHECK(code == ErrorCode::image_rolled_back);
        CHECK(tells("image.rolled_back"));
        const auto twice = doubled();
        CHECK((twice.empty() || twice == std::set<std::string>{"start tenant_acme_runtime"}));
        expect_runs("ghcr.io/acme/nexus:1");
    }
}

TEST_CASE_FIXTURE(Updated, "what a job that is over left half done is undone by the next one") {
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        const std::string image = "ghcr.io/acme/nexus:n" + std::to_string(step);
        const auto old = store.load(acme)->image;
        died = false;
        permit = [&, left = step]() mutable {
            if (--left == 0) {
                died = true;
                throw std::runtime_error("died");
            }
        };
        try {
            start({image});
        } catch (const std::runtime_error&) {
            CHECK(died);
        }
        permit = [] {};
        backend.effects.clear();
        restart();
        CHECK(doubled().empty());
        const auto now = store.load(acme)->image;
        CHECK((now == old || now == image));
        expect_runs(now);
    }
}

TEST_CASE_FIXTURE(Updated, "a stop undoes it as well, and a delete leaves nothing of it") {
    fail_once("ensure_container");
    CHECK_THROWS_AS(start(second), Failure);
    CHECK(has_aside());
    CHECK(stop().detail == "stopped");
    CHECK(tells("image.rolled_back"));
    CHECK(runtime().image == "ghcr.io/acme/nexus:1");
    CHECK(runtime().phase == Phase::exited);
    fail_once("ensure_container");
    CHECK_THROWS_AS(start(second), Failure);
    CHECK(has_aside());
    remove();
    CHECK(backend.containers.empty());
    CHECK(backend.volumes.empty());
}

TEST_CASE_FIXTURE(Updated, "a job that is cancelled in the middle leaves the old image running") {
    backend.before = [&](const std::string& op) {
        if (op == "ensure_container") {
            cancel.cancel();
            backend.before = [](const std::string&) {};
            throw BackendError(Code::cancelled, "cancelled", false);
        }
    };
    CHECK(code_of([&] { start(second); }) == ErrorCode::cancelled);
    expect_runs("ghcr.io/acme/nexus:1");
}

TEST_CASE_FIXTURE(Updated, "a job that fails at its last attempt leaves the old image running") {
    fail_once("ensure_container");
    const auto far = JobContext::Clock::now() + std::chrono::hours(1);
    JobContext last(
        {"j", 5, 1}, acme, std::chrono::seconds(5), far, cancel.fd(), [] {}, true);
    CHECK(code_of([&] { lifecycle.start(second, last); }) == ErrorCode::backend_unavailable);
    expect_runs("ghcr.io/acme/nexus:1");
}

TEST_CASE_FIXTURE(Updated, "where the old runtime was removed meanwhile it is made again") {
    backend.bad_images = {*second.image};
    backend.before = [&](const std::string& op) {
        if (op == "logs") backend.containers.erase("tenant_acme_previous");
    };
    CHECK(code_of([&] { start(second); }) == ErrorCode::image_rolled_back);
    CHECK(store.load(acme)->image == "ghcr.io/acme/nexus:1");
    backend.before = [](const std::string&) {};
    start();
    expect_runs("ghcr.io/acme/nexus:1");
}

TEST_CASE_FIXTURE(Updated, "the configuration that came with a bad image stays, for the next job") {
    backend.bad_images = {*second.image};
    ProvisionRequest request;
    request.image = second.image;
    request.env = tenants::Environment{{"A", "1"}};
    CHECK(code_of([&] { provision(request); }) == ErrorCode::image_rolled_back);
    expect_runs("ghcr.io/acme/nexus:1");
    start();
    CHECK(backend.specs.at("tenant_acme_runtime").env.at("A") == "1");
    expect_runs("ghcr.io/acme/nexus:1");
}
