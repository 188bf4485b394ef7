#include "backup/capture.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "unit/backup/capture_fixture.hpp"

namespace nexus::backup {
namespace {

using config::BackupConsistency;

TEST_CASE_FIXTURE(CaptureFixture,
                  "a runtime is paused while both volumes are read, and at no other time") {
    backend.before = [this](const std::string& op) {
        CAPTURE(op);
        const bool held = op == "export_volume" || op == "unpause";
        CHECK(container().phase == (held ? Phase::paused : Phase::running));
        CHECK(journal.has(acme) == (held || op == "pause"));
        CHECK(is_empty());  // no blob is made while it is held
    };
    const auto [backup, written, failure] = capture();
    CHECK(take_calls() == whole);
    CHECK_FALSE(failure);
    check_good(backup, Consistency::pause);
    CHECK(backup.tenant == acme);
    CHECK(backup.pause_ms > 0);
    std::int64_t bytes = 0;
    for (const auto& part : backup.parts)
        bytes += part.blob_bytes;
    CHECK(written == bytes);
    CHECK(part(backup, PartName::session).labels.at("io.nexus.tenant") == "acme");
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture, "BACKUP_CONSISTENCY says how a runtime is held") {
    SUBCASE("stop") {
        settings.backup_consistency = BackupConsistency::stop;
        backend.before = [this](const std::string& op) {
            if (op == "stop" || op == "export_volume" || op == "start") {
                CHECK(journal.read(acme).value().kind == Entry::Kind::stopped);
            }
        };
        check_good(capture().backup, Consistency::stop);
        CHECK(take_calls() == Calls{"inspect_volume", "inspect_volume", "inspect", "stop",
                                    "export_volume", "export_volume", "start"});
    }
    SUBCASE("none") {
        settings.backup_consistency = BackupConsistency::none;
        const auto captured = capture();
        check_good(captured.backup, Consistency::none);
        CHECK(captured.backup.pause_ms == 0);
        CHECK(take_calls() == Calls{"inspect_volume", "inspect_volume", "inspect", "export_volume",
                                    "export_volume"});
    }
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture, "a runtime is left as it was found") {
    struct Row {
        Phase phase;
        Consistency consistency;
        Calls changes;
        Phase after;
    };
    const std::vector<Row> rows{
        {Phase::exited, Consistency::stopped, {}, Phase::exited},
        {Phase::created, Consistency::stopped, {}, Phase::created},
        {Phase::dead, Consistency::stopped, {}, Phase::dead},
        {Phase::paused, Consistency::pause, {}, Phase::paused},
        // The engine may start it at any time, and it cannot be paused.
        {Phase::restarting, Consistency::stop, {"stop", "start"}, Phase::running},
        {Phase::running, Consistency::pause, {"pause", "unpause"}, Phase::running},
    };
    for (const auto& row : rows) {
        CAPTURE(to_string(row.phase));
        container().phase = row.phase;
        take_calls();
        const auto captured = capture();
        check_good(captured.backup, row.consistency);
        Calls changes = take_calls();
        std::erase_if(changes, [](const std::string& op) {
            return op == "inspect" || op == "inspect_volume" || op == "export_volume";
        });
        CHECK(changes == row.changes);
        CHECK(to_string(container().phase) == to_string(row.after));
        CHECK(journal.list().empty());
    }
    backend.containers.clear();
    check_good(capture().backup, Consistency::stopped);
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "a runtime that ends just before it is paused is looked at again") {
    backend.before = [this](const std::string& op) {
        if (op == "pause") container().phase = Phase::exited;
    };
    check_good(capture().backup, Consistency::stopped);
    CHECK(container().phase == Phase::exited);
    CHECK(journal.list().empty());
}

}  // namespace
}  // namespace nexus::backup
