#include "house.hpp"

using namespace nexus;
using namespace nexus::tenants;

namespace {

ApplyConfigRequest with_env(const std::string& value, const std::string& revision = "r1") {
    ApplyConfigRequest request;
    request.env = tenants::Environment{{"GREETING", value}};
    request.revision = revision;
    return request;
}

std::string applied(const VerbResult& result) {
    REQUIRE_FALSE(result.events.empty());
    CHECK(result.events[0].type == "config.applied");
    return result.events[0].payload;
}

}  // namespace

TEST_CASE_FIXTURE(House,
                  "a changed environment makes a running runtime anew, and keeps the secret") {
    ProvisionRequest first;
    first.bridge_shared_secret = "hush";
    provision(first);
    const auto result = apply_config(with_env("hello"));
    CHECK(result.detail == "config_applied");
    CHECK(applied(result) == R"({"config_revision":"r1","restarted_runtime":true})");
    CHECK(result.events.size() == 1);
    CHECK(backend.specs.at("tenant_acme_runtime").env.at("GREETING") == "hello");
    CHECK(backend.specs.at("tenant_acme_runtime").env.at("BRIDGE_SHARED_SECRET") == "hush");
    CHECK(runtime().phase == Phase::running);
    CHECK(store.load(acme)->config_revision == "r1");
}

TEST_CASE_FIXTURE(House,
                  "prompts and skills are read where they are mounted: nothing is restarted") {
    provision();
    backend.effects.clear();
    ApplyConfigRequest request;
    request.prompts = {ConfigItem{"system", "be kind"}};
    request.skills = {ConfigItem{"greet", "# Greet"}};
    CHECK(applied(apply_config(request)) == R"({"config_revision":"","restarted_runtime":false})");
    CHECK(backend.effects.empty());
    const auto config = folder / "acme" + "/config";
    CHECK(test::read_file(config + "/prompts/system.md") == "be kind");
    CHECK(test::read_file(config + "/skills/greet/SKILL.md") == "# Greet");
    CHECK(applied(apply_config(with_env("a", "r2"))).find("true") != std::string::npos);
    CHECK(applied(apply_config(with_env("a", "r3"))) ==
          R"({"config_revision":"r3","restarted_runtime":false})");
}

TEST_CASE_FIXTURE(House, "a stopped tenant stays stopped, and starts with what was applied") {
    provision();
    stop();
    backend.effects.clear();
    CHECK(applied(apply_config(with_env("later"))) ==
          R"({"config_revision":"r1","restarted_runtime":false})");
    CHECK(backend.effects.empty());
    start();
    CHECK(backend.specs.at("tenant_acme_runtime").env.at("GREETING") == "later");
}

TEST_CASE_FIXTURE(House, "a configuration that is not allowed changes nothing") {
    provision();
    const auto before = store.load(acme)->generation;
    ApplyConfigRequest request;
    request.env = tenants::Environment{{"PATH", "/x"}};
    CHECK(code_of([&] { apply_config(request); }) == ErrorCode::invalid_config_item);
    CHECK(store.load(acme)->generation == before);
    remove();
    CHECK(code_of([&] { apply_config({}); }) == ErrorCode::tenant_not_found);
}

TEST_CASE_FIXTURE(House,
                  "taken up again after a death it restarts once, and still says that it did") {
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        provision();
        backend.effects.clear();
        VerbResult result;
        died = dies_at(step, [&] { result = apply_config(with_env(std::to_string(step))); });
        CHECK(doubled().empty());
        CHECK(applied(result) == R"({"config_revision":"r1","restarted_runtime":true})");
        CHECK(backend.specs.at("tenant_acme_runtime").env.at("GREETING") == std::to_string(step));
        --jobs;  // the result did not arrive, and the job comes again
        CHECK(applied(apply_config(with_env(std::to_string(step)))) ==
              R"({"config_revision":"r1","restarted_runtime":true})");
        CHECK(doubled().empty());
    }
}
