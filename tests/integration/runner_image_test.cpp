// New images and new sessions on a real engine.
#include <doctest/doctest.h>
#include <rapidjson/pointer.h>

#include <chrono>

#include "base/timestamp.hpp"
#include "integration/engine_worker.hpp"
#include "support/registry.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::milliseconds;

namespace {

struct ImageWorker : EngineWorker {
    std::string session;  // what the first runtime left in its session volume

    ImageWorker() {
        runner.start();
        CHECK(at(runner.job({"provision", "rt-acme"}), "/detail") == "provisioned");
        session = in_session();
    }

    std::string in_session() const { return inside("cat /data/session/session"); }

    WallTime time(const char* member) const {
        json::Document document;
        document.Parse(engine.curl("GET", "/containers/tenant_rt-acme_runtime/json").body.c_str());
        const auto time = parse_timestamp(at(document, member));
        REQUIRE(time);
        return *time;
    }

    // The first runtime runs again, with all that it had; how long it was away.
    milliseconds expect_back(const std::string& image) const {
        const auto seen = facts();
        CHECK(seen.status == "running");
        CHECK(contains(seen.image, image));
        CHECK(in_session() == session);
        CHECK_FALSE(engine.has_container("tenant_rt-acme_previous"));
        return time("/State/StartedAt") - time("/State/FinishedAt");
    }

    std::string events() const { return redis.cli({"XRANGE", "nexus:events", "-", "+"}); }
};

}  // namespace

TEST_CASE_FIXTURE(ImageWorker,
                  "after a bad image the old runtime is up again with all that it had") {
    const struct {
        std::string what, name, change, problem;
    } rows[] = {
        {"it exits at once", "nexus-test-exits:1.0.0",
         R"(CMD ["sh", "-c", "echo cannot go on; exit 3"])", "ended"},
        {"its program is missing", "nexus-test-missing:1.0.0", R"(CMD ["/no/such/program"])", ""},
        {"it ends within the trial", "nexus-test-short:1.0.0",
         R"(CMD ["sh", "-c", "sleep 3; echo cannot go on; exit 3"])", "ended"},
        {"it never gets healthy", "nexus-test-sick:1.0.0",
         "HEALTHCHECK --interval=1s --retries=2 CMD false", "unhealthy"}};
    const auto id = facts().id;
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const auto image = engine.image(row.name, {row.change});
        const auto result = runner.job({"restart", "rt-acme", "--image", image});
        CAPTURE(at(result, "/error/message"));
        CHECK(at(result, "/error/code") == "image_rolled_back");
        CHECK(at(result, "/attempts") == "1");
        CHECK(contains(at(result, "/error/message"), row.problem));
        if (contains(row.change, "cannot go on")) {
            CHECK(contains(at(result, "/data/log"), "cannot go on"));
        }
        const auto away = expect_back(engine.image());
        CHECK(facts().id == id);
        MESSAGE(engine.kind() << ", " << row.what << ": the runtime was away for " << away.count()
                              << " ms");
    }
    CHECK(contains(events(), "image.rolled_back"));
    CHECK(at(runner.job({"restart", "rt-acme"}), "/detail") == "restarted");
    CHECK(facts().id == id);
}

TEST_CASE_FIXTURE(ImageWorker, "an image that does not exist disturbs nobody") {
    const Registry registry(engine);
    const auto started = facts().started_at;
    const auto result =
        runner.job({"start", "rt-acme", "--image", registry.address() + "/app:9.9.9"});
    CHECK(at(result, "/error/code") == "image_unavailable");
    CHECK(facts().started_at == started);
    CHECK(in_session() == session);
}

TEST_CASE_FIXTURE(ImageWorker, "a good image replaces the old one, and the volumes stay") {
    const auto stopped_by = time("/State/StartedAt");
    const auto healthy = engine.image("nexus-test-second:1.0.0",
                                      {"HEALTHCHECK --interval=1s CMD true", "LABEL second=yes"});
    const auto begun = std::chrono::steady_clock::now();
    CHECK(at(runner.job({"start", "rt-acme", "--image", healthy}), "/detail") == "started");
    MESSAGE(engine.kind() << ", a good image with a health check: the job took "
                          << std::chrono::duration_cast<milliseconds>(
                                 std::chrono::steady_clock::now() - begun)
                                 .count()
                          << " ms");
    CHECK(time("/State/StartedAt") > stopped_by);
    CHECK(contains(facts().image, healthy));
    CHECK(in_session() == session);
    CHECK(inside("wc -l </data/state/starts") == "2\n");
    CHECK_FALSE(engine.has_container("tenant_rt-acme_previous"));
    CHECK(contains(events(), "image.updated"));
    CHECK(at(runner.job({"restart", "rt-acme"}), "/detail") == "restarted");
    CHECK(contains(facts().image, healthy));
}

TEST_CASE_FIXTURE(ImageWorker, "a pairing empties the session volume and no other") {
    CHECK(at(runner.job({"pair_start", "rt-acme"}), "/detail") == "pairing_started");
    const auto paired = in_session();
    CHECK_FALSE(paired.empty());
    CHECK(paired != session);
    CHECK(inside("wc -l </data/state/starts") == "2\n");
    CHECK(at(runner.job({"whatsapp_disconnect", "rt-acme"}), "/detail") == "whatsapp_disconnected");
    CHECK(in_session() != paired);
    CHECK(inside("wc -l </data/state/starts") == "3\n");
    CHECK(contains(events(), "whatsapp.disconnected"));
}

TEST_CASE_FIXTURE(ImageWorker,
                  "a configuration is applied with no more of a restart than it needs") {
    TempDir folder;
    const auto apply = [&](const std::string& payload) {
        write_file(folder / "payload", payload);
        return at(runner.job({"apply_config", "rt-acme", "--payload", folder / "payload"}),
                  "/detail");
    };
    const auto id = facts().id;
    CHECK(apply(R"({"prompts":[{"name":"system","content":"be kind"}]})") == "config_applied");
    CHECK(facts().id == id);
    CHECK(inside("cat /data/config/prompts/system.md") == "be kind");
    CHECK(apply(R"({"env":{"GREETING":"hello"},"config_revision":"r2"})") == "config_applied");
    CHECK(facts().id != id);
    CHECK(inside("echo $GREETING") == "hello\n");
    CHECK(in_session() == session);
    CHECK(contains(events(), R"({"config_revision":"r2","restarted_runtime":true})"));
}
