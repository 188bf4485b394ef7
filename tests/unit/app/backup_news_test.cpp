#include "app/backup_news.hpp"

#include <doctest/doctest.h>

#include "unit/app/backup_site.hpp"

namespace nexus::app {
namespace {

using backup::Run;
using test::BackupSite;

// What two lives of the daemon have told.
struct Newsroom {
    BackupSite site;
    std::vector<tenants::TenantEvent> told;
    std::size_t waiting = 0;
    CancelSource stop;
    std::optional<BackupNews> news;

    Newsroom() { restart(); }
    void restart() {
        news.emplace(site.state.path().string(), "worker-1",
                     BackupNews::Outside{
                         [this](const tenants::TenantEvent& event) { told.push_back(event); },
                         [this] { return waiting; }},
                     site.log);
    }
    // How many events came of a look.
    std::size_t look() {
        const auto before = told.size();
        news->look(&site.dir, stop);
        return told.size() - before;
    }
};

TEST_CASE("backups from before a node's first look are not told, later ones once, over restarts") {
    Newsroom room;
    room.site.add();
    CHECK(room.look() == 0);
    const auto id = room.site.add();
    CHECK(room.look() == 1);
    CHECK(room.told.back().type == "backup.completed");
    CHECK(room.told.back().payload.find(id) != std::string::npos);
    CHECK(room.look() == 0);
    room.restart();
    CHECK(room.look() == 0);
    room.site.add();
    room.restart();
    CHECK(room.look() == 1);
}

TEST_CASE("the first backup of a node that had no BACKUP_DIR is told") {
    Newsroom room;
    room.news->look(nullptr, room.stop);
    room.site.add();
    CHECK(room.look() == 1);
}

TEST_CASE(
    "a backup that ends after a later one is told, also where it began before the first look") {
    Newsroom room;
    const auto change_nothing = [](Run&) {};
    const auto first = room.site.begin(change_nothing);
    CHECK(room.look() == 0);
    const auto second = room.site.begin(change_nothing);
    room.site.add();
    CHECK(room.look() == 1);
    const std::string runs = room.site.dir.runs().path();
    CHECK_FALSE(room.news->has_come(runs));
    room.site.runs.publish(second);
    CHECK(room.news->has_come(runs));
    room.restart();
    CHECK(room.look() == 1);
    room.site.runs.abandon(first.id);
    CHECK(room.look() == 0);
    CHECK_FALSE(room.news->has_come(runs));
}

TEST_CASE("runs of jobs and of other nodes are not told, and each tenant of a run is") {
    Newsroom room;
    CHECK(room.look() == 0);
    room.site.add([](Run& run) { run.job_id = "j1"; });
    room.site.add([](Run& run) { run.node = "worker-2"; });
    CHECK(room.look() == 0);
    room.site.add([](Run& run) {
        run.tenants.push_back(test::make_tenant("globex"));
        run.tenants.back().parts.back() = test::make_failed_part(backup::PartName::state);
    });
    CHECK(room.look() == 2);
    CHECK(room.told.front().type == "backup.completed");
    CHECK(room.told.back().type == "backup.failed");
    CHECK(room.told.back().tenant_id.text() == "globex");
}

TEST_CASE("a run that cannot be read keeps no other from being told") {
    Newsroom room;
    CHECK(room.look() == 0);
    const auto broken = room.site.add();
    room.site.add();
    test::write_file(room.site.dir.runs().path() + "/" + broken + "/run.json", "{");
    CHECK(room.look() == 1);
    CHECK(room.look() == 0);
}

TEST_CASE("while Redis takes nothing, nothing more is told, and the end of the process waits not") {
    Newsroom room;
    CHECK(room.look() == 0);
    room.site.add();
    room.waiting = 1000;
    CancelSource ended;
    ended.cancel();
    room.news->look(&room.site.dir, ended);
    CHECK(room.told.empty());
    room.waiting = 0;
    room.restart();
    CHECK(room.look() == 1);
}

TEST_CASE("a damaged note of what was told is no reason to tell all again") {
    Newsroom room;
    CHECK(room.look() == 0);
    room.site.add();
    test::write_file(room.site.state / "backups-told.json", "{");
    room.restart();
    CHECK(room.look() == 0);
    room.site.add();
    CHECK(room.look() == 1);
}

}  // namespace
}  // namespace nexus::app
