#include "tenants/tenant_record.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/json.hpp"
#include "support/temp_dir.hpp"
#include "tenants/tenant_store.hpp"

using namespace nexus;
using namespace nexus::tenants;

namespace {

TenantRecord make_record() {
    TenantRecord record(*TenantId::parse("acme"));
    record.generation = 3;
    record.image = "ghcr.io/acme/nexus:1";
    record.desired = Desired::stopped;
    record.limits = {0.5, 1 << 30, 99};
    record.config_revision = "r1";
    record.network = {"tenant_acme_net", "10.231.0.0/28"};
    record.job = AppliedJob{.id = "j1", .attempt = 2, .starts = 3};
    record.created_at = record.updated_at = *parse_timestamp("2026-11-23T10:00:00.123Z");
    return record;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a record survives its file") {
    const auto record = make_record();
    const auto text = to_json(record);
    CHECK(to_json(parse_record(text, record.tenant_id)) == text);
    auto without_job = record;
    without_job.job.reset();
    CHECK_FALSE(parse_record(to_json(without_job), record.tenant_id).job);
    auto on_trial = record;
    on_trial.previous_image = "ghcr.io/acme/nexus:0";
    on_trial.previous_desired = Desired::stopped;
    on_trial.job->prepared = on_trial.job->restarted = true;
    on_trial.job->updated_from = "ghcr.io/acme/nexus:0";
    on_trial.job->refused = Refusal{"ghcr.io/acme/nexus:1", "ended at once", R"({"log":[]})"};
    const auto trial_text = to_json(on_trial);
    CHECK(trial_text.find("updated_from") != std::string::npos);
    const auto read = parse_record(trial_text, record.tenant_id);
    CHECK(to_json(read) == trial_text);
    CHECK(read.previous_desired == Desired::stopped);
}

TEST_CASE("a damaged record is refused by the member that is wrong") {
    const auto text = to_json(make_record());
    const TenantId acme = *TenantId::parse("acme");
    const struct {
        std::string from, to, pointer;
    } rows[] = {{"\"v\":1", "\"v\":2", "/v"},
                {"\"acme\"", "\"other\"", "/tenant_id"},
                {"\"stopped\"", "\"asleep\"", "/desired"},
                {"\"generation\":3", "\"generation\":\"3\"", "/generation"},
                {"\"pids\":99", "\"pids\":\"x\"", "/limits/pids"},
                {"2026-11-23T10:00:00.123Z", "yesterday", "/created_at"},
                {"\"attempt\":2", "\"attempt\":null", "/job/attempt"}};
    for (const auto& row : rows) {
        CAPTURE(row.pointer);
        try {
            parse_record(with(text, row.from, row.to), acme);
            FAIL("it was taken");
        } catch (const json::Error& error) {
            CHECK(error.pointer() == row.pointer);
        }
    }
    CHECK_THROWS_AS(parse_record(text.substr(0, text.size() / 2), acme), json::Error);
}

TEST_CASE("the next save of a record removes what a crash left of one") {
    test::TempDir folder;
    const TenantStore store(folder.path().string());
    const auto record = make_record();
    const auto own = store.folder(record.tenant_id);
    own.create(Directory::temporary("tenant.json"), "{\"v\"", 0600);
    CHECK_FALSE(store.load(record.tenant_id));
    store.save(record);
    CHECK(own.names() == std::vector<std::string>{"tenant.json"});
    CHECK(store.load(record.tenant_id)->generation == record.generation);
}

TEST_CASE("the store lists, loads, replaces and removes tenants and passes over everything else") {
    test::TempDir folder;
    const TenantStore store(folder.path().string());
    const auto record = make_record();
    CHECK_FALSE(store.load(record.tenant_id));
    store.save(record);
    std::filesystem::create_directory(folder / "lost+found");
    std::filesystem::create_directory(folder / ".tmp");
    REQUIRE(store.list().size() == 1);
    CHECK(store.list()[0] == record.tenant_id);
    CHECK(store.load(record.tenant_id)->generation == 3);
    CHECK((std::filesystem::status(folder / "acme").permissions() & std::filesystem::perms::mask) ==
          std::filesystem::perms::owner_all);
    store.probe();
    store.remove(record.tenant_id);
    store.remove(record.tenant_id);
    CHECK(store.list().empty());
}
