#include "app/backup_facts.hpp"

#include <doctest/doctest.h>

#include "unit/app/backup_site.hpp"

namespace nexus::app {
namespace {

using backup::PartName;
using backup::PartStatus;
using backup::Run;

struct Facts : test::BackupSite {
    BackupFacts facts{"worker-1", log};

    http::BackupMetrics read() { return facts.read(runs); }
    WallTime began(const std::string& id) { return runs.load(id)->started_at; }
};

void lose_state(Run& run) {
    run.tenants.front().parts.back() = test::make_failed_part(PartName::state);
}

TEST_CASE("without a backup of the whole node there is neither a success nor a last run") {
    Facts site;
    site.verify(site.add([](Run& run) { run.scope = "acme"; }));
    site.verify(site.add([](Run& run) { run.node = "worker-2"; }));
    const auto metrics = site.read();
    CHECK(metrics.last_success == WallTime{});
    CHECK(metrics.last_verified == WallTime{});
    CHECK_FALSE(metrics.last_run);
}

TEST_CASE("a backup counts as verified once it is, and what was damaged does not") {
    Facts site;
    const auto first = site.add();
    const auto second = site.add();
    CHECK(site.read().last_success == site.began(second));
    CHECK(site.read().last_verified == WallTime{});
    site.verify(first);
    CHECK(site.read().last_verified == site.began(first));
    site.verify(second);
    CHECK(site.read().last_verified == site.began(second));
    site.verify(second, false);
    CHECK(site.read().last_verified == site.began(first));
    test::write_file(site.dir.runs().path() + "/" + first + "/verified.json", "{");
    CHECK(site.read().last_verified == WallTime{});
}

TEST_CASE("a backup that lacks a tenant is no success, and its verification says little") {
    Facts site;
    const auto good = site.add();
    site.verify(good);
    const auto bad = site.add(lose_state);
    site.verify(bad);
    const auto metrics = site.read();
    CHECK(metrics.last_success == site.began(good));
    CHECK(metrics.last_verified == site.began(good));
    REQUIRE(metrics.last_run);
    CHECK(metrics.last_run->began == site.began(bad));
    CHECK(metrics.last_run->tenants == std::map<std::string, std::int64_t>{{"failed", 1}});
    CHECK(metrics.last_run->failures == std::map<std::string, std::int64_t>{{"backend_failed", 1}});
}

TEST_CASE("the sums of a run, with what was torn") {
    Facts site;
    const auto id = site.add([](Run& run) {
        run.tenants.push_back(test::make_tenant("globex"));
        auto& backup = run.tenants.back();
        backup.pause_ms = 300;
        backup.parts.back().status = PartStatus::torn;
        backup.parts.back().changed = {"a", "b"};
    });
    site.verify(id);
    const auto metrics = site.read();
    REQUIRE(metrics.last_run);
    const auto& run = *metrics.last_run;
    CHECK(run.size_bytes == 6 * 20480);
    CHECK(run.written_bytes == 2700);
    CHECK(run.time == std::chrono::seconds(5));
    CHECK(run.paused == std::chrono::milliseconds(420));
    CHECK(run.longest_pause == std::chrono::milliseconds(300));
    CHECK(run.torn_files == 2);
    CHECK(run.tenants == std::map<std::string, std::int64_t>{{"ok", 1}, {"torn", 1}});
    CHECK(metrics.last_success == WallTime{});
    CHECK(metrics.last_verified == site.began(id));
}

TEST_CASE("a run that is gone, or cannot be read, does not count") {
    Facts site;
    const auto first = site.add();
    const auto second = site.add();
    CHECK(site.read().last_success == site.began(second));
    site.runs.abandon(second);
    CHECK(site.read().last_success == site.began(first));
    const auto third = site.add();
    test::write_file(site.dir.runs().path() + "/" + third + "/run.json", "[]");
    CHECK(site.read().last_run->began == site.began(first));
}

}  // namespace
}  // namespace nexus::app
