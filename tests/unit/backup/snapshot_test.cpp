#include "backup/snapshot.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>

#include "unit/backup/snapshot_fixture.hpp"

namespace nexus::backup {

TEST_CASE_FIXTURE(SnapshotFixture, "a run of the node has every tenant, and is verified") {
    const auto run = back_up();
    CHECK(tenants_of(run) == all_three);
    std::int64_t written = 0;
    for (const auto& tenant : run.tenants) {
        CHECK(tenant.status() == PartStatus::ok);
        REQUIRE(tenant.parts.size() == 3);
        for (const auto& part : tenant.parts)
            written += part.blob_bytes;
    }
    CHECK(run.bytes_written == written);
    CHECK(run.node == "n1");
    CHECK(run.scope.empty());
    CHECK(run.job_id.empty());
    CHECK(run.runner_version == "1.0");
    CHECK(run.backend == "fake");
    CHECK(run.engine_version == "1");
    CHECK(run.started_at <= run.finished_at);
    CHECK(runs.list() == Ids{run.id});
    CHECK(to_json(runs.load(run.id).value()) == to_json(run));
    const auto verification = runs.verification(run.id);
    REQUIRE(verification);
    CHECK(verification->ok);
    CHECK(verification->by == "backup");
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "a second run writes nothing where nothing changed, and holds nobody") {
    show_volumes();
    settle_down();
    const auto first = back_up();
    take_calls();
    const auto second = back_up();
    CHECK(second.id > first.id);
    CHECK(second.bytes_written == 0);
    CHECK(count("pause") == 0);
    CHECK(count("export_volume") == 0);
    for (const auto& tenant : second.tenants) {
        CHECK(tenant.pause_ms == 0);
        for (const auto& part : tenant.parts)
            CHECK(part.unchanged);
    }
    CHECK(back_up({.full = true}).bytes_written == 0);
    CHECK(count("pause") == 3);
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture, "a tenant that fails keeps no other from its backup") {
    backend.volumes.erase("tenant_bolt_state");
    std::vector<Snapshot::Progress> seen;
    const auto run = snapshot().of_node({}, cancel.fd(),
                                        [&](const auto& progress) { seen.push_back(progress); });
    CHECK(tenants_of(run) == all_three);
    CHECK(of(run, "acme").status() == PartStatus::ok);
    CHECK(of(run, "bolt").status() == PartStatus::failed);
    CHECK(of(run, "bolt").find(PartName::session)->status == PartStatus::ok);
    CHECK(of(run, "cord").status() == PartStatus::ok);
    REQUIRE(seen.size() == 3);
    CHECK(seen.back().done == 3);
    CHECK(seen.back().all == 3);
    CHECK(seen.back().failed == 1);
    CHECK(seen.back().bytes > 0);
    CHECK(runs.verification(run.id)->ok);  // of what it has
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "a tenant that another process works on comes last, once that is done") {
    auto held = another.try_take(id("acme"));
    REQUIRE(held);
    std::vector<std::string> read;
    std::mutex mutex;
    backend.exported = [&](const std::string& volume, VolumeCopy&) {
        const std::scoped_lock lock(mutex);
        read.push_back(volume);
    };
    const auto run = snapshot().of_node({}, cancel.fd(), [&](const auto& progress) {
        if (progress.done == 2) held.reset();
    });
    CHECK(tenants_of(run) == all_three);
    CHECK(of(run, "acme").status() == PartStatus::ok);
    REQUIRE(read.size() == 6);
    CHECK(read[4] == "tenant_acme_session");
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "a tenant that another process keeps fails, and the others do not") {
    const auto held = another.try_take(id("bolt"));
    const auto run =
        snapshot(std::chrono::milliseconds(250)).of_node({}, cancel.fd(), [](auto&) {});
    CHECK(of(run, "acme").status() == PartStatus::ok);
    CHECK(of(run, "cord").status() == PartStatus::ok);
    REQUIRE(of(run, "bolt").parts.size() == 3);
    for (const auto& part : of(run, "bolt").parts) {
        CHECK(part.status == PartStatus::failed);
        CHECK(part.reason == "conflict");
        CHECK(part.error.find("another process") != std::string::npos);
    }
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "a tenant that is deleted, or was in the meantime, is left out") {
    auto record = store.load(id("acme")).value();
    record.desired = tenants::Desired::deleted;
    store.save(record);
    backend.before = [this](const std::string& op) {
        if (op != "info") return;
        backend.containers.erase("tenant_bolt_runtime");
        store.remove(id("bolt"));
    };
    CHECK(tenants_of(back_up()) == Ids{"cord"});
    CHECK(code_of([&] { snapshot().of_one(id("acme"), {}, cancel.fd(), [](auto&) {}); }) ==
          ErrorCode::tenant_not_found);
    CHECK(runs.unpublished().empty());
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "what a process that died left of a tenant keeps it from being touched") {
    Entry entry;
    entry.kind = Entry::Kind::swapping;
    journal.write(id("bolt"), entry);
    const auto run = back_up();
    CHECK(of(run, "bolt").status() == PartStatus::failed);
    CHECK(of(run, "bolt").parts[0].reason == "conflict");
    CHECK(of(run, "acme").status() == PartStatus::ok);
    CHECK(journal.read(id("bolt")).value().kind == Entry::Kind::swapping);
}

TEST_CASE_FIXTURE(SnapshotFixture, "a run that is cancelled leaves nothing, and nobody paused") {
    SUBCASE("while volumes are read") {
        backend.before = [this](const std::string& op) {
            if (op == "export_volume") cancel.cancel();
        };
    }
    SUBCASE("while it waits for a turn") {
        const auto held = another.try_take(id("acme"));
        CHECK(code_of([&] {
                  snapshot().of_node({}, cancel.fd(), [this](const auto& progress) {
                      if (progress.done == 2) cancel.cancel();
                  });
              }) == ErrorCode::cancelled);
    }
    SUBCASE("before it begins") {
        cancel.cancel();
    }
    CHECK(code_of([&] { back_up(); }) == ErrorCode::cancelled);
    check_nothing();
}

TEST_CASE_FIXTURE(SnapshotFixture, "there is no run where nothing could be done at all") {
    SUBCASE("the engine is away") {
        backend.before = [](const std::string&) {
            throw BackendError(Code::unavailable, "gone", true);
        };
        CHECK(code_of([&] { back_up(); }) == ErrorCode::backend_unavailable);
    }
    SUBCASE("nothing of any tenant can be kept") {
        const std::string scratch = dir.path() + "/tmp";
        std::filesystem::remove(scratch);
        CHECK(code_of([&] { back_up(); }) == ErrorCode::internal);
        std::filesystem::create_directory(scratch);
    }
    check_nothing();
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "a disk without room for the largest tenants is refused at once") {
    auto run = back_up();
    take_calls();
    run.id = runs.begin();
    run.tenants[1].parts[1].tar_bytes = std::int64_t{1} << 50;
    runs.publish(run);
    try {
        back_up();
        FAIL("nothing was thrown");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::exhausted);
        CHECK(std::string(failure.what()).find("BACKUP_DIR " + dir.path()) != std::string::npos);
        CHECK(std::string(failure.what()).find("make room") != std::string::npos);
    }
    CHECK(count("pause") == 0);
    CHECK(runs.list().size() == 2);
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture,
                  "one tenant is backed up by itself, all of it or what there is") {
    const auto run = snapshot().of_one(id("bolt"), {}, cancel.fd(), [](auto&) {});
    CHECK(tenants_of(run) == Ids{"bolt"});
    CHECK(run.scope == "bolt");
    backend.volumes.erase("tenant_bolt_state");
    const auto partial = snapshot().of_one(id("bolt"), {}, cancel.fd(), [](auto&) {});
    CHECK(of(partial, "bolt").status() == PartStatus::failed);
    CHECK(runs.find(id("bolt"), "latest").id == run.id);
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture, "a job's backup is all of its tenant, or none") {
    const auto run = snapshot().of_tenant({}, job("bolt"));
    CHECK(run.scope == "bolt");
    CHECK_FALSE(run.job_id.empty());
    CHECK(runs.verification(run.id)->ok);
    backend.volumes.erase("tenant_bolt_state");
    CHECK(code_of([&] { snapshot().of_tenant({}, job("bolt")); }) == ErrorCode::backend_failed);
    CHECK(code_of([&] { snapshot().of_tenant({}, job("none")); }) == ErrorCode::tenant_not_found);
    CHECK(runs.list() == Ids{run.id});
    check_tidy();
}

TEST_CASE_FIXTURE(SnapshotFixture, "a prune waits until a run exists") {
    std::jthread pruner;
    std::atomic<int> existed = -1;  // runs, once the blobs are its own
    backend.before = [&](const std::string& op) {
        if (op != "pause" || pruner.joinable()) return;
        pruner = std::jthread([&] {
            const auto owned = dir.own_blobs(cancel.fd());
            existed = static_cast<int>(runs.list().size());
        });
    };
    snapshot().of_tenant({}, job("acme"));
    pruner.join();
    CHECK(existed == 1);
}

}  // namespace nexus::backup
