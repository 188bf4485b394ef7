#include "jobs/executor.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "unit/tenants/house.hpp"

namespace nexus::jobs {
namespace {

using backup::Entry;
using tenants::TenantEvent;

struct ExecutorHouse : tenants::House {
    test::TempDir state;
    test::TempDir backups_folder;
    tenants::TurnLocks turns{state.path().string()};
    backup::Journal journal{state.path().string()};
    tenants::CrashLoops loops;
    backup::Backups backups{
        {backend, store, lifecycle, puller, turns, journal}, settings, "1.0.0", log};
    Executor executor{lifecycle, backups, book, loops, settings, log};

    ExecutorHouse() {
        settings.job_timeout = std::chrono::seconds(60);
        settings.backup_dir = backups_folder / "backups";
    }
    Outcome run(const std::string& action, const std::string& payload = "{}") {
        const auto job = parse_job(R"({"id":"j1","action":")" + action +
                                       R"(","tenant_id":"acme","payload":)" + payload + "}",
                                   "nexus");
        REQUIRE(std::holds_alternative<Job>(job));
        backend.calls.clear();
        return executor.run(std::get<Job>(job), 1, cancel, [] {});
    }
    std::string data_file() { return backend.content("tenant_acme_state") + "/data"; }
    void hold() {
        backend.containers.at("tenant_acme_runtime").phase = Phase::paused;
        journal.write(acme, {});
    }
};

std::vector<std::string> types(const std::vector<TenantEvent>& events) {
    std::vector<std::string> types;
    for (const auto& event : events)
        types.push_back(event.type);
    return types;
}

std::string member(const std::string& text, const char* name) {
    const auto document = json::parse(text, json::own_files);
    return json::Reader(document).string(name);
}

TEST_CASE("a job backs a tenant up, and another one brings it back") {
    ExecutorHouse house;
    REQUIRE_FALSE(house.run("provision").error);
    test::write_file(house.data_file(), "first");
    const auto made = house.run("backup");
    CAPTURE(made.error ? made.error->what() : "");
    REQUIRE_FALSE(made.error);
    CHECK(made.detail == "backed_up");
    REQUIRE(types(made.events) == std::vector<std::string>{"backup.completed"});
    CHECK(member(made.events.front().payload, "job_id") == "j1");
    const auto snapshot = member(made.data, "snapshot");
    CHECK(member(made.events.front().payload, "snapshot") == snapshot);
    test::write_file(house.data_file(), "second");
    for (const auto& asked : {snapshot, std::string("latest")}) {
        const auto back = house.run("restore", R"({"snapshot":")" + asked + "\"}");
        CAPTURE(back.error ? back.error->what() : "");
        REQUIRE_FALSE(back.error);
        CHECK(back.detail == "restored");
        CHECK(member(back.data, "snapshot") == snapshot);
        CHECK(test::read_file(house.data_file()) == "first");
        CHECK(house.runtime().phase == Phase::running);
    }
    CHECK(house.run("restore", R"({"snapshot":"20200101T000000.000Z"})").error->code() ==
          ErrorCode::snapshot_not_found);
}

TEST_CASE("a backup that lacks a part fails with the reason, and is told as failed") {
    ExecutorHouse house;
    REQUIRE_FALSE(house.run("provision").error);
    house.backend.before = [](const std::string& op) {
        if (op == "export_volume") throw BackendError(Code::exhausted, "the disk is full", false);
    };
    const auto failed = house.run("backup");
    REQUIRE(failed.error);
    CHECK(failed.error->code() == ErrorCode::exhausted);
    REQUIRE(types(failed.events) == std::vector<std::string>{"runtime.error", "backup.failed"});
    const auto& payload = failed.events.back().payload;
    CHECK(member(payload, "reason") == "exhausted");
    CHECK(member(payload, "message").find("the disk is full") != std::string::npos);
    CHECK(member(payload, "job_id") == "j1");
    CHECK(house.runtime().phase == Phase::running);
}

TEST_CASE("a backup of a tenant that is not there says so") {
    ExecutorHouse house;
    CHECK(house.run("backup").error->code() == ErrorCode::tenant_not_found);
}

TEST_CASE("a BACKUP_DIR that cannot be used fails the jobs that need it, and no other") {
    ExecutorHouse house;
    test::write_file(house.settings.backup_dir, "a file");
    REQUIRE_FALSE(house.run("provision").error);
    for (const auto& failed :
         {house.run("backup"), house.run("restore", R"({"snapshot":"latest"})")}) {
        REQUIRE(failed.error);
        CHECK(failed.error->code() == ErrorCode::internal);
        CHECK(std::string(failed.error->what()).find("BACKUP_DIR") == 0);
    }
    house.hold();
    CHECK_FALSE(house.run("stop").error);
    CHECK(house.count("unpause") == 1);
}

TEST_CASE("what a backup that died has left is put right before any verb but a look") {
    ExecutorHouse house;
    REQUIRE_FALSE(house.run("provision").error);
    house.hold();
    CHECK_FALSE(house.run("health").error);
    CHECK(house.count("unpause") == 0);
    CHECK(house.journal.has(house.acme));
    CHECK_FALSE(house.run("restart").error);
    const auto& calls = house.backend.calls;
    const auto unpause = std::find(calls.begin(), calls.end(), "unpause");
    CHECK(unpause < std::find(calls.begin(), calls.end(), "stop"));
    CHECK_FALSE(house.journal.has(house.acme));
    CHECK_FALSE(house.run("stop").error);
    CHECK(house.count("unpause") == 0);
}

TEST_CASE("a verb does not begin while what was left cannot be put right") {
    ExecutorHouse house;
    REQUIRE_FALSE(house.run("provision").error);
    house.hold();
    house.fail_once("unpause");
    const auto failed = house.run("stop");
    CHECK(failed.error->code() == ErrorCode::backend_unavailable);
    CHECK(failed.error->retryable());
    CHECK(house.count("stop") == 0);
    CHECK_FALSE(house.run("stop").error);
}

TEST_CASE("a backup says nothing of the runtime: a crash loop goes on") {
    ExecutorHouse house;
    REQUIRE_FALSE(house.run("provision").error);
    const auto now = wall_now();
    for (const char* run : {"a", "b", "c"})
        house.loops.ended(house.acme, run, std::chrono::milliseconds(10), now);
    CHECK_FALSE(house.run("backup").error);
    CHECK(house.loops.due(house.acme, now));
    CHECK_FALSE(house.run("start").error);
    CHECK_FALSE(house.loops.due(house.acme, now));
}

}  // namespace
}  // namespace nexus::jobs
