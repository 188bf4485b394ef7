#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "backup/capture.hpp"
#include "unit/backup/capture_fixture.hpp"

namespace nexus::backup {
namespace {

using config::BackupConsistency;

TEST_CASE_FIXTURE(CaptureFixture,
                  "a volume that cannot be read fails alone, and the runtime goes on") {
    refuse("export_volume", Code::internal);
    const auto [backup, written, failure] = capture();
    REQUIRE(backup.parts.size() == 3);
    check_failed(part(backup, PartName::session), "backend_failed",
                 "volume tenant_acme_session cannot be copied to " + dir.path());
    CHECK(part(backup, PartName::folder).status == PartStatus::ok);
    CHECK(part(backup, PartName::state).status == PartStatus::ok);
    CHECK(backup.status() == PartStatus::failed);
    REQUIRE(failure);
    CHECK(failure->code() == ErrorCode::backend_failed);
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "an engine that goes away leaves the folder, and the runtime as it is") {
    SUBCASE("before anything is asked") {
        refuse("inspect_volume", Code::unavailable, 2);
    }
    SUBCASE("before the runtime is paused") {
        refuse("inspect", Code::unavailable);
    }
    bool may_come = false;
    SUBCASE("while it is paused") {
        refuse("pause", Code::unavailable);
        may_come = true;
    }
    const auto captured = capture();
    CHECK(part(captured.backup, PartName::folder).status == PartStatus::ok);
    for (const auto name : {PartName::session, PartName::state})
        check_failed(part(captured.backup, name), "backend_unavailable", "refused");
    CHECK(captured.failure->retryable());
    if (may_come) forget_late_pause();
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture, "a pause whose outcome is not known is undone, and looked for") {
    backend.after = [](const std::string& op) {
        if (op == "pause") throw BackendError(Code::timeout, "no answer", true);
    };
    check_failed(part(capture().backup, PartName::state), "timeout", "no answer");
    CHECK(container().phase == Phase::running);
    backend.after = [](const std::string& /*op*/) {};
    check_good(capture().backup, Consistency::pause);  // which need not wait for that
    forget_late_pause();
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture, "a backup that is cancelled lets the runtime go on first") {
    for (const char* const last :
         {"inspect_volume", "inspect", "pause", "export_volume", "unpause"}) {
        CAPTURE(last);
        CancelSource own;
        backend.before = [&](const std::string& op) {
            if (op == last) own.cancel();
            const bool ends = own.cancelled() && op != "unpause";
            if (ends) throw BackendError(Code::cancelled, "cancelled", true);
        };
        const tenants::JobContext cancelled(
            {"job", 1, 1}, acme, std::chrono::seconds(5),
            tenants::JobContext::Clock::now() + std::chrono::hours(1), own.fd());
        const Capture one({backend, store, dir, blobs, journal}, settings, log);
        take_calls();
        CHECK(code_of([&] { one.run(nullptr, {}, cancelled); }) == ErrorCode::cancelled);
        CHECK(count("unpause") == count("pause"));
        CHECK(count("export_volume") <= 2);
        if (last == std::string_view("pause")) forget_late_pause();
        check_tidy();
    }
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "a process that may not act any more still lets go of what it holds") {
    permit = [this] {
        if (count("export_volume") > 0) throw Failure(ErrorCode::cancelled, "another has the node");
    };
    CHECK(code_of([&] { capture(); }) == ErrorCode::cancelled);
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "an engine that does not let go is asked again, and else told of") {
    SUBCASE("it does then") {
        refuse("unpause", Code::unavailable, 3);
        check_good(capture().backup, Consistency::pause);
        CHECK(count("unpause") == 4);
        check_tidy();
    }
    SUBCASE("it never does") {
        settings.job_timeout = std::chrono::milliseconds(300);
        refuse("unpause", Code::unavailable, 1000);
        const auto captured = capture();
        CHECK(captured.failure->code() == ErrorCode::backend_unavailable);
        for (const auto& part : captured.backup.parts)
            check_failed(part, "backend_unavailable", "refused");
        CHECK(container().phase == Phase::paused);
        CHECK(journal.read(acme).value().kind == Entry::Kind::paused);  // for whoever comes next
        CHECK(code_of([&] { capture(); }) == ErrorCode::conflict);
    }
    SUBCASE("the runtime is gone meanwhile") {
        backend.before = [](const std::string& op) {
            if (op == "unpause") throw BackendError(Code::not_found, "no such container", false);
        };
        check_good(capture().backup, Consistency::pause);
        CHECK(journal.list().empty());
    }
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "a volume that a tenant should have is missed, one it never had is not") {
    SUBCASE("it had one") {
        backend.volumes.erase("tenant_acme_state");
        const auto captured = capture();
        check_failed(part(captured.backup, PartName::state), "backend_failed",
                     "volume tenant_acme_state is missing");
        CHECK(part(captured.backup, PartName::session).status == PartStatus::ok);
        CHECK(backend.volumes.count("tenant_acme_state") == 0);  // and none was made
    }
    SUBCASE("it never had one") {
        auto record = store.load(acme).value();
        record.volumes_made = false;
        store.save(record);
        backend.volumes.clear();
        const auto captured = capture();
        REQUIRE(captured.backup.parts.size() == 1);
        CHECK(captured.backup.parts[0].name == PartName::folder);
        CHECK_FALSE(captured.failure);
    }
    SUBCASE("its record does not say that it had one, and the last backup does") {
        const auto before = capture().backup;
        auto record = store.load(acme).value();
        record.volumes_made = false;
        backend.volumes.clear();
        record.job.reset();
        store.save(record);
        const auto captured = capture(&before);
        check_failed(part(captured.backup, PartName::state), "backend_failed", "is missing");
        // A pairing removes its session, and what came after a pairing knows no more of that.
        CHECK(captured.backup.find(PartName::session) == nullptr);
    }
    SUBCASE("its record cannot be read, and the last backup had one") {
        const auto before = capture().backup;
        test::write_file(store.path() + "/acme/tenant.json", "{");
        backend.volumes.erase("tenant_acme_state");
        const auto captured = capture(&before);
        CHECK(part(captured.backup, PartName::folder).status == PartStatus::ok);
        check_failed(part(captured.backup, PartName::state), "backend_failed", "is missing");
        CHECK(capture().backup.find(PartName::state) == nullptr);
    }
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "a container of another tenant's label is not held, and nothing read") {
    container().labels["io.nexus.tenant"] = "other";
    const auto captured = capture();
    check_failed(part(captured.backup, PartName::state), "conflict", "belongs to tenant other");
    CHECK(count("pause") == 0);
    CHECK(count("export_volume") == 0);
}

TEST_CASE_FIXTURE(CaptureFixture, "a part that changed while it was read is read again, once") {
    int changes = 0;
    backend.exported = [&](const std::string& volume, VolumeCopy& copy) {
        if (volume == "tenant_acme_state" && changes-- > 0) copy.changed = {"./data"};
    };
    SUBCASE("and did not then") {
        changes = 1;
        check_good(capture().backup, Consistency::pause);
    }
    SUBCASE("and did again") {
        changes = 2;
        show_volumes();
        settle_down();
        const auto captured = capture();
        const Part& torn = part(captured.backup, PartName::state);
        CHECK(torn.status == PartStatus::torn);
        CHECK(torn.changed == std::vector<std::string>{"./data"});
        CHECK(torn.fingerprint.empty());  // the next backup reads it, whatever it looks like
        CHECK(blobs.has(torn.sha256));
        CHECK_FALSE(captured.failure);
        CHECK(captured.backup.status() == PartStatus::torn);
        CHECK_FALSE(part(captured.backup, PartName::session).fingerprint.empty());
    }
    CHECK(count("export_volume") == 3);
    CHECK(count("pause") == 1);
    check_tidy();
}

TEST_CASE_FIXTURE(CaptureFixture,
                  "a full disk fails the part that does not fit, and nothing else") {
    if (::geteuid() != 0) return;
    const std::string small = temp / "small";
    std::filesystem::create_directory(small);
    REQUIRE(std::system(("mount -t tmpfs -o size=1m none " + small).c_str()) == 0);
    {
        write(PartName::session, noise(4 << 20));
        const BackupDir full(small);
        const BlobStore full_blobs(full);
        const Capture one({backend, store, full, full_blobs, journal}, settings, log);
        const auto captured = one.run(nullptr, {}, context());
        check_failed(part(captured.backup, PartName::session), "exhausted", "No space left");
        CHECK(part(captured.backup, PartName::folder).status == PartStatus::ok);
        CHECK(part(captured.backup, PartName::state).status == PartStatus::ok);
        CHECK(captured.failure->retryable());
        check_tidy();
    }
    CHECK(std::system(("umount " + small).c_str()) == 0);
}

}  // namespace
}  // namespace nexus::backup
