// What a backup that died, or that the engine did not answer, has left of a runtime.
#include <doctest/doctest.h>

#include "unit/backup/restore_house.hpp"

namespace nexus::backup {
namespace {

struct Held : RestoreHouse {
    Held() { back_up(); }
    void paused_by_backup() {
        Entry entry;
        entry.kind = Entry::Kind::paused;
        journal.write(acme, entry);
        backend.containers.at("tenant_acme_runtime").phase = Phase::paused;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Held, "a runtime that a backup had paused goes on") {
    const auto before = picture();
    paused_by_backup();
    settle();
    CHECK(picture() == before);
    check_tidy();
    settle();
    CHECK(picture() == before);
}

TEST_CASE_FIXTURE(Held, "a runtime that a backup had stopped is started") {
    Entry entry;
    entry.kind = Entry::Kind::stopped;
    journal.write(acme, entry);
    backend.containers.at("tenant_acme_runtime").phase = Phase::exited;
    settle();
    CHECK(runtime().phase == Phase::running);
    check_tidy();
}

TEST_CASE_FIXTURE(Held, "a held runtime that is gone is nobody's trouble") {
    for (const auto kind : {Entry::Kind::paused, Entry::Kind::stopped}) {
        Entry entry;
        entry.kind = kind;
        journal.write(acme, entry);
        backend.containers.clear();
        settle();
        check_tidy();
    }
}

TEST_CASE_FIXTURE(Held, "a runtime stays noted as held until the engine has let it go") {
    paused_by_backup();
    fail_once("unpause");
    CHECK_THROWS_AS(settle(), BackendError);
    CHECK(journal.has(acme));
    settle();
    CHECK(runtime().phase == Phase::running);
    check_tidy();
}

TEST_CASE_FIXTURE(Held, "a pause that may still come is not forgotten by a restore or a drill") {
    Entry entry;
    entry.stays_until = wall_now() + std::chrono::minutes(1);
    journal.write(acme, entry);
    const auto before = picture();
    for (const bool drills : {false, true}) {
        const auto message =
            refusal(ErrorCode::conflict, [&] { drills ? void(drill()) : void(restore()); });
        CHECK(message.find("try again") != std::string::npos);
        CHECK(journal.read(acme).value().stays_until == entry.stays_until);
    }
    CHECK(picture() == before);
    journal.erase(acme);
}

}  // namespace nexus::backup
