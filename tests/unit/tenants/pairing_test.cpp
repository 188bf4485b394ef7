#include "house.hpp"

using namespace nexus;
using namespace nexus::tenants;

namespace {

// What the runtime keeps in its session, as far as the volume's object tells: a new one has no
// mark.
void use_session(test::FakeBackend& backend) {
    backend.volumes.at("tenant_acme_session").mountpoint = "used";
    backend.volumes.at("tenant_acme_state").mountpoint = "used";
}

}  // namespace

TEST_CASE_FIXTURE(House, "pair_start gives a new session volume and keeps the state volume") {
    provision();
    use_session(backend);
    const auto result = pair_start();
    CHECK(result.detail == "pairing_started");
    REQUIRE(result.events.size() == 1);
    CHECK(result.events[0].payload ==
          R"({"state":"pending_pairing","source":"job","job_id":"job2"})");
    CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
    CHECK(backend.volumes.at("tenant_acme_state").mountpoint == "used");
    CHECK(runtime().phase == Phase::running);
    CHECK(pair_start().events.empty());
    CHECK(start().events.size() == 1);
}

TEST_CASE_FIXTURE(House,
                  "whatsapp_disconnect does the same, tells it, and starts a stopped runtime") {
    provision();
    stop();
    use_session(backend);
    const auto result = whatsapp_disconnect();
    CHECK(result.detail == "whatsapp_disconnected");
    REQUIRE(result.events.size() == 2);
    CHECK(result.events[0].type == "whatsapp.disconnected");
    CHECK(result.events[1].type == "runtime.status");
    CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
    CHECK(runtime().phase == Phase::running);
    CHECK(store.load(acme)->desired == Desired::running);
    CHECK(whatsapp_disconnect().events.size() == 1);
}

TEST_CASE_FIXTURE(House, "a pairing that is taken up again after a death does nothing twice") {
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        provision();
        use_session(backend);
        backend.effects.clear();
        died = dies_at(step, [&] { pair_start(); });
        CHECK(doubled().empty());
        CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
        CHECK(runtime().phase == Phase::running);
    }
}

TEST_CASE_FIXTURE(House, "a session that was used since is not taken away by the same job again") {
    provision();
    pair_start();
    use_session(backend);
    --jobs;  // the result did not arrive, and the job comes again
    pair_start();
    CHECK(backend.volumes.at("tenant_acme_session").mountpoint == "used");
    CHECK(count("remove_volume") == 1);
    pair_start();
    CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
}

TEST_CASE_FIXTURE(House, "a pairing goes on after a fault at any call") {
    for (const char* op : {"ensure_image", "inspect", "stop", "remove", "remove_volume",
                           "ensure_volume", "ensure_container", "start"}) {
        CAPTURE(op);
        provision();
        use_session(backend);
        backend.effects.clear();
        fail_once(op);
        CHECK_THROWS_AS(pair_start(), Failure);
        --jobs;
        pair_start();
        CHECK(doubled().empty());
        CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
        CHECK(runtime().phase == Phase::running);
    }
}

TEST_CASE_FIXTURE(House, "with a new image it ends with both, after a death at any step") {
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        provision();
        use_session(backend);
        const std::string image = "ghcr.io/acme/nexus:n" + std::to_string(step);
        died = dies_at(step, [&] { pair_start({image}); });
        REQUIRE(told.size() == 1);
        CHECK(told[0].type == "image.updated");
        CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
        CHECK(runtime().image == image);
        CHECK(runtime().phase == Phase::running);
        CHECK_FALSE(has_aside());
        CHECK(store.load(acme)->previous_image.empty());
    }
}

TEST_CASE_FIXTURE(House, "a bad image does not cost the tenant its session") {
    provision();
    use_session(backend);
    backend.bad_images = {"ghcr.io/acme/nexus:2"};
    CHECK(code_of([&] { pair_start({"ghcr.io/acme/nexus:2"}); }) == ErrorCode::image_rolled_back);
    CHECK(backend.volumes.at("tenant_acme_session").mountpoint == "used");
    CHECK(runtime().image == "ghcr.io/acme/nexus:1");
    CHECK(runtime().phase == Phase::running);
    backend.bad_images.clear();
    CHECK(pair_start({"ghcr.io/acme/nexus:2"}).detail == "pairing_started");
    CHECK(backend.volumes.at("tenant_acme_session").mountpoint.empty());
    CHECK(runtime().image == "ghcr.io/acme/nexus:2");
}
