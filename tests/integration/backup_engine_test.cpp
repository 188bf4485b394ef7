// Tenants on a real engine, backed up while they work, and back after all was lost.
#include <doctest/doctest.h>

#include "integration/backup_ground.hpp"
#include "support/thorough.hpp"

using namespace nexus::test;

namespace {

void expect_same(const BackupGround::Content& before, const BackupGround::Content& after) {
    for (const auto& entry : before) {
        CAPTURE(entry.first);
        const auto found = after.find(entry.first);
        CHECK((found == after.end() ? "(missing)" : found->second) == entry.second);
    }
    for (const auto& entry : after) {
        CAPTURE(entry.first);
        CHECK(before.contains(entry.first));
    }
}

Finished succeeded(Finished finished) {
    CAPTURE(finished.out);
    CAPTURE(finished.err);
    REQUIRE(finished.code == 0);
    return finished;
}

}  // namespace

TEST_CASE("tenants come back byte for byte after everything was lost") {
    BackupGround ground("bk");
    ground.runner.start();
    const std::size_t count = thorough() ? 20 : 6;
    const auto& made = ground.make_tenants(count);
    // What the databases write meanwhile is not of the content that is compared.
    const auto before = ground.contents();
    ground.write_database(made[0], true);
    ground.write_database(made[1], false);

    const auto begun = std::chrono::steady_clock::now();
    const auto backup = succeeded(ground.runner.cli({"backup"}));
    const auto backed_up = std::chrono::steady_clock::now();
    CHECK(contains(backup.out, "tenants=" + std::to_string(count)));
    CHECK(contains(backup.out, "failures=0"));
    for (const auto& tenant : made)
        CHECK(ground.status(tenant) == "running");
    succeeded(ground.runner.cli({"verify"}));

    CHECK(ground.runner.stop() == 0);
    ground.wipe();
    const auto wiped = std::chrono::steady_clock::now();
    succeeded(ground.runner.cli({"restore", "--all"}));
    const auto restored = std::chrono::steady_clock::now();

    for (const auto& tenant : made) {
        CAPTURE(tenant);
        expect_same(before.at(tenant), ground.content(tenant));
        CHECK(ground.status(tenant) == "running");
    }
    for (const auto& tenant : {made[0], made[1]}) {
        const auto database = ground.look_at_database(tenant);
        CHECK(database.check == "ok");
        CHECK(database.rows > 0);
    }
    ground.runner.start();
    CHECK(at(ground.runner.job({"health", made[0]}), "/detail") == "ok");
    using milliseconds = std::chrono::milliseconds;
    MESSAGE(
        ground.engine.kind() << ": backup of " << count << " tenants "
                             << std::chrono::duration_cast<milliseconds>(backed_up - begun).count()
                             << " ms, restore "
                             << std::chrono::duration_cast<milliseconds>(restored - wiped).count()
                             << " ms; " << backup.out);
}

TEST_CASE("a tenant is copied under another name, and its own is not touched") {
    BackupGround ground("bkas");
    ground.runner.start();
    const auto tenant = ground.make_tenants(1).front();
    const std::string copy = "bkas-copy";
    const auto before = ground.content(tenant);
    succeeded(ground.runner.cli({"backup", tenant}));
    succeeded(ground.runner.cli({"restore", tenant, "--as", copy}));
    expect_same(before, ground.content(tenant));
    expect_same(before, ground.content(copy));
    CHECK(ground.status(copy) == "running");
    CHECK(at(ground.runner.job({"delete", copy}), "/detail") == "deleted");
    CHECK(ground.status(tenant) == "running");
}

TEST_CASE("the drill restores every tenant aside, and leaves nothing") {
    BackupGround ground("bkdr");
    ground.runner.start();
    const auto& made = ground.make_tenants(3);
    ground.write_database(made[0], true);
    succeeded(ground.runner.cli({"backup"}));
    const auto before = ground.engine.curl("GET", "/volumes").body;
    succeeded(ground.runner.cli({"restore", "--drill"}));
    const auto after = ground.engine.curl("GET", "/volumes").body;
    CHECK_FALSE(contains(after, "nexus_restore"));
    CHECK(before.size() == after.size());
}

TEST_CASE("a backup whose engine goes away ends, says so, and the next one is whole") {
    BackupGround ground("bkgone");
    ground.runner.start();
    const auto& made = ground.make_tenants(2);
    CHECK(ground.runner.stop() == 0);
    auto& env = ground.runner.env();
    const auto endpoint = env["BACKEND_ENDPOINT"];
    env["BACKEND_ENDPOINT"] = "unix:///nowhere/engine.sock";
    const auto away = ground.runner.cli({"backup"});
    CHECK(away.code != 0);
    CHECK_FALSE(contains(away.out, "snapshot="));
    env["BACKEND_ENDPOINT"] = endpoint;
    for (const auto& tenant : made)
        CHECK(ground.status(tenant) == "running");
    CHECK(contains(succeeded(ground.runner.cli({"backup"})).out, "failures=0"));
}
