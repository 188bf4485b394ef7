#include "app/settling.hpp"

#include <doctest/doctest.h>

#include "unit/tenants/house.hpp"

namespace nexus::app {
namespace {

// Turns are kept until the test runs them.
struct SettlingHouse : tenants::House {
    test::TempDir state;
    tenants::TurnLocks turns{state.path().string()};
    backup::Journal journal{state.path().string()};
    backup::Backups backups{
        {backend, store, lifecycle, puller, turns, journal}, settings, "1.0.0", log};
    std::vector<std::function<void(const tenants::Turn&)>> asked;
    bool has_job = false;
    int settled = 0;
    Settling settling{
        {journal, backups,
         [this](const tenants::TenantId&, auto work) {
             if (!has_job) asked.push_back(std::move(work));
             return !has_job;
         },
         [](const tenants::TenantEvent&) {},
         [](const tenants::TenantId&) { return tenants::Place::here; }, [this] { ++settled; }},
        settings,
        log};

    SettlingHouse() {
        settings.job_timeout = std::chrono::seconds(60);
        provision();
        backend.containers.at("tenant_acme_runtime").phase = Phase::paused;
        journal.write(acme, {});
    }
    // How many turns a look asked for.
    std::size_t look() {
        const auto before = asked.size();
        settling.look();
        return asked.size() - before;
    }
    void take_turn() {
        asked.back()({[] {}, cancel.fd()});
    }
};

TEST_CASE("a runtime that a dead backup holds goes on in its tenant's turn, asked for once") {
    SettlingHouse house;
    CHECK(house.look() == 1);
    CHECK(house.look() == 0);
    CHECK(house.runtime().phase == Phase::paused);
    house.take_turn();
    CHECK(house.runtime().phase == Phase::running);
    CHECK_FALSE(house.journal.has(house.acme));
    CHECK(house.settled == 1);
    CHECK(house.look() == 0);
    house.journal.write(house.acme, {});
    CHECK(house.look() == 1);
}

TEST_CASE("a pause that may still come is undone at each look, until it cannot any more") {
    SettlingHouse house;
    backup::Entry entry;
    entry.stays_until = wall_now() + std::chrono::minutes(1);
    house.journal.write(house.acme, entry);
    for (const Phase phase : {Phase::running, Phase::paused, Phase::running}) {
        house.backend.containers.at("tenant_acme_runtime").phase = phase;
        CHECK(house.look() == 1);
        house.take_turn();
        CHECK(house.runtime().phase == Phase::running);
        CHECK(house.journal.has(house.acme));
    }
    CHECK(house.settled == 0);
    SUBCASE("its time is over") {
        entry.stays_until = wall_now();
        house.journal.write(house.acme, entry);
    }
    SUBCASE("there is nothing left that it could pause") {
        house.backend.containers.clear();
    }
    CHECK(house.look() == 1);
    house.take_turn();
    CHECK_FALSE(house.journal.has(house.acme));
    CHECK(house.look() == 0);
}

TEST_CASE("a backup that let go before the turn came is not meddled with") {
    SettlingHouse house;
    CHECK(house.look() == 1);
    house.journal.erase(house.acme);
    house.take_turn();
    CHECK(house.runtime().phase == Phase::paused);
    CHECK(house.count("unpause") == 0);
    CHECK(house.settled == 0);
}

TEST_CASE("where a job of the tenant comes first, it is asked again at the next look") {
    SettlingHouse house;
    house.has_job = true;
    CHECK(house.look() == 0);
    house.has_job = false;
    CHECK(house.look() == 1);
}

TEST_CASE("what could not be put right waits a while, and stays noted") {
    SettlingHouse house;
    house.fail_once("unpause");
    CHECK(house.look() == 1);
    house.take_turn();
    CHECK(house.runtime().phase == Phase::paused);
    CHECK(house.journal.has(house.acme));
    CHECK(house.look() == 0);
}

TEST_CASE("an entry that cannot be read is left for whoever mends it") {
    SettlingHouse house;
    test::write_file(house.state / "held/acme.json", "{");
    CHECK(house.look() == 1);
    house.take_turn();
    CHECK(house.runtime().phase == Phase::paused);
}

}  // namespace
}  // namespace nexus::app
