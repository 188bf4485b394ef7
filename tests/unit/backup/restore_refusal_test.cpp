// Restores that are refused or taken back, and what they say.
#include <doctest/doctest.h>

#include "backup/restore.hpp"
#include "unit/backup/restore_house.hpp"

namespace nexus::backup {

TEST_CASE_FIXTURE(RestoreHouse, "a run without a volume that the tenant had is refused") {
    publish([](TenantBackup& backup) { backup.parts.pop_back(); });
    set_data("second");
    const auto before = picture();
    const auto message = refusal(ErrorCode::snapshot_corrupt, [&] { restore(); });
    CHECK(message.find("lacks the part state") != std::string::npos);
    CHECK(picture() == before);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "an image that this node does not take is refused before anything ends") {
    back_up();
    set_data("second");
    settings.image_allow = {{"other.io", ""}};
    const auto before = picture();
    const auto message = refusal(ErrorCode::image_invalid, [&] { restore(); });
    CHECK(message.find("IMAGE_ALLOW") != std::string::npos);
    CHECK(message.find("was not touched") != std::string::npos);
    CHECK(picture() == before);
    CHECK(count("stop") == 0);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a restored runtime that does not come up gives its place back") {
    back_up();
    set_data("second");
    const auto before = picture();
    // It writes before it ends: what was restored is not what it was any more.
    backend.after = [&](const std::string& op) {
        if (op != "start" || !journal.has(acme)) return;
        if (journal.read(acme)->kind != Entry::Kind::swapped) return;
        write("tenant_acme_state", "written", "by the new one");
        backend.containers.at("tenant_acme_runtime").phase = Phase::exited;
    };
    const auto message = refusal(ErrorCode::backend_failed, [&] { restore(); });
    CAPTURE(message);
    CHECK(message.find("; the tenant is as it was") != std::string::npos);
    CHECK(picture() == before);
    CHECK(data() == "second");
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a backend that exchanges no volumes restores only where there are none") {
    back_up();
    backend.swaps_volumes = false;
    set_data("second");
    const auto before = picture();
    const auto message = refusal(ErrorCode::conflict, [&] { restore(); });
    CHECK(message.find("cannot exchange volumes") != std::string::npos);
    CHECK(picture() == before);
    check_tidy();

    restore_as(other);
    CHECK(read("tenant_other_state", "data") == "first");
    lose_all();
    restore();
    CHECK(data() == "first");
    CHECK(runtime().phase == Phase::running);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a snapshot that does not exist is not found") {
    const auto message = refusal(ErrorCode::snapshot_not_found, [&] { restore(); });
    CHECK(message.find("acme") != std::string::npos);
    back_up();
    refusal(ErrorCode::snapshot_not_found, [&] { restore("20201126T021500.123Z"); });
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a restore says what was torn when it was read") {
    publish([](TenantBackup& backup) {
        auto& part = backup.parts.back();
        part.status = PartStatus::torn;
        part.changed = {"./a.db", "./b.db"};
    });
    const auto report = restore();
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes.front() == "state: changed while it was read: ./a.db and 1 more");
}

}  // namespace nexus::backup
