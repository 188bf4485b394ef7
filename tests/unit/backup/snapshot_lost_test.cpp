// Tenants whose containers are there, and their folders are not.
#include <doctest/doctest.h>

#include "backup/snapshot.hpp"
#include "tenants/elsewhere_file.hpp"
#include "unit/backup/snapshot_fixture.hpp"

namespace nexus::backup {

TEST_CASE_FIXTURE(SnapshotFixture,
                  "a container without its folder is a tenant that failed, and no other") {
    store.remove(id("bolt"));
    const auto run = back_up();
    CHECK(tenants_of(run) == all_three);
    CHECK(of(run, "acme").status() == PartStatus::ok);
    CHECK(of(run, "cord").status() == PartStatus::ok);
    for (const auto& part : of(run, "bolt").parts) {
        CHECK(part.status == PartStatus::failed);
        CHECK(part.reason == "conflict");
        CHECK(part.error.find("tenant_bolt_runtime") != std::string::npos);
        CHECK(part.error.find("nexus-runner tenants --orphans") != std::string::npos);
    }
    // Another node's is that one's, and a tenant that is known to be elsewhere as well.
    backend.containers.at("tenant_bolt_runtime").labels["io.nexus.node"] = "n2";
    CHECK(tenants_of(back_up()) == Ids{"acme", "cord"});
    backend.containers.at("tenant_bolt_runtime").labels["io.nexus.node"] = "n1";
    settings.state_dir = state.path().string();
    tenants::write_elsewhere(Directory::open(settings.state_dir), {id("bolt")});
    CHECK(tenants_of(back_up()) == Ids{"acme", "cord"});
}

TEST_CASE_FIXTURE(SnapshotFixture, "a folder that comes or goes after the listing is no failure") {
    SUBCASE("the tenant was being made") {
        store.remove(id("bolt"));
        backend.before = [this](const std::string& op) {
            if (op == "info") store.save(tenants::new_record(id("bolt"), settings, wall_now()));
        };
        CHECK(of(back_up(), "bolt").status() == PartStatus::ok);
    }
    SUBCASE("the tenant was being deleted") {
        store.remove(id("bolt"));
        backend.before = [this](const std::string& op) {
            if (op == "info") backend.containers.erase("tenant_bolt_runtime");
        };
        CHECK(tenants_of(back_up()) == Ids{"acme", "cord"});
    }
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture, "there is no run of tenants that have all lost their folders") {
    for (const auto& tenant : store.list())
        store.remove(tenant);
    CHECK(code_of([&] { back_up(); }) == ErrorCode::conflict);
    check_nothing();
}

TEST_CASE_FIXTURE(SnapshotFixture, "an empty TENANT_ROOT is not taken for a node without tenants") {
    for (const char* more : {"dove", "echo", "fern"})
        add_tenant(more);
    for (const auto& tenant : store.list())
        store.remove(tenant);
    try {
        back_up();
        FAIL("nothing was thrown");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::conflict);
        CHECK(std::string(failure.what()).find("is its file system mounted?") != std::string::npos);
    }
    check_nothing();
    backend.containers.clear();
    CHECK(back_up().tenants.empty());
}

}  // namespace nexus::backup
