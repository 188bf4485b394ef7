#include "backup/restore.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "backup/scratch.hpp"
#include "support/wait_until.hpp"
#include "tenants/runtime_spec.hpp"
#include "unit/backup/restore_house.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using tenants::Desired;

const char* const image = "ghcr.io/acme/nexus:1";

}  // namespace

TEST_CASE_FIXTURE(RestoreHouse, "a tenant is restored to what it was when its backup was made") {
    const auto run = back_up();
    const auto before = record(acme);
    set_data("second");
    write("tenant_acme_state", "new", "file");
    provision();

    const auto report = restore();
    CHECK(data() == "first");
    CHECK(read("tenant_acme_state", "new").empty());
    CHECK(runtime().phase == Phase::running);
    CHECK(runtime().image == image);
    CHECK(record(acme).generation > before.generation + 1);
    CHECK_FALSE(record(acme).job.has_value());
    CHECK(record(acme).network.subnet == before.network.subnet);
    CHECK(record(acme).volumes_made);
    CHECK(report.snapshot == run.id);
    CHECK(report.entries > 4);
    CHECK(report.bytes > 3 * 1024);
    CHECK(report.notes.empty());
    REQUIRE(backend.containers.size() == 1);
    check_tidy();

    set_data("third");
    back_up();
    set_data("fourth");
    restore(run.id);
    CHECK(data() == "first");
    restore();
    CHECK(data() == "third");
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a tenant of which nothing is left is restored from its backup alone") {
    publish([](TenantBackup& backup) {
        backup.parts.back().labels = {{"made.by", "somebody"}, {tenants::node_label, "old"}};
    });
    lose_all();
    const auto report = restore();
    CHECK(data() == "first");
    CHECK(runtime().phase == Phase::running);
    CHECK(backend.images.count(image) == 1);
    CHECK(backend.networks.count("tenant_acme_net") == 1);
    auto labels = tenants::identity(acme, "n1");
    CHECK(backend.volumes.at("tenant_acme_session").labels == labels);
    labels["made.by"] = "somebody";
    CHECK(backend.volumes.at("tenant_acme_state").labels == labels);
    REQUIRE(report.events.size() == 1);
    CHECK(report.events.front().type == "runtime.status");
    CHECK(fs::status(store.path() + "/acme").permissions() == fs::perms::owner_all);
    CHECK(fs::status(store.path() + "/acme/env").permissions() == fs::perms::owner_all);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a restore under another id leaves the one that it came from alone") {
    back_up();
    set_data("second");
    const auto before = picture();
    restore_as(other);
    CHECK(data() == "second");
    CHECK(picture().containers.at("tenant_acme_runtime") ==
          before.containers.at("tenant_acme_runtime"));
    CHECK(read("tenant_other_session", "data") == "first");
    CHECK(read("tenant_other_state", "data") == "first");
    CHECK(test::read_file(store.config_path(other) + "/data") == "first");
    CHECK(record(other).network.name == "tenant_other_net");
    CHECK(record(other).network.subnet != record(acme).network.subnet);
    CHECK(backend.containers.at("tenant_other_runtime").phase == Phase::running);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a restore is not overdue for content that takes its time") {
    using Clock = tenants::JobContext::Clock;
    back_up();
    set_data("second");
    tenants::JobContext context({"restore", 1, 1}, acme, std::chrono::milliseconds(300),
                                Clock::now() + std::chrono::hours(1), cancel.fd());
    const auto deadline = context.deadline();
    Clock::duration copying{};
    backend.before = [&](const std::string& op) {
        if (op != "import_volume") return;
        const auto begun = Clock::now();
        test::wait_until([&] { return Clock::now() > deadline; }, std::chrono::seconds(10),
                         "the job is overdue");
        copying += Clock::now() - begun;
    };
    Restore restore({backend, store, lifecycle, puller, dir, journal}, settings, log);
    restore.run({acme, "latest"}, context);
    CHECK(data() == "first");
    CHECK(context.deadline() >= deadline + copying);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a restore under the id of something that is there changes nothing") {
    back_up();
    const auto refuse = [&] {
        const auto before = picture();
        const auto message = refusal(ErrorCode::conflict, [&] { restore_as(other); });
        CHECK(message.find("other") != std::string::npos);
        CHECK(picture() == before);
        check_tidy();
    };
    SUBCASE("a folder") {
        fs::create_directory(store.path() + "/other");
        refuse();
    }
    SUBCASE("a volume") {
        backend.volumes["tenant_other_state"] = {"tenant_other_state", "", {}};
        refuse();
    }
    SUBCASE("a container") {
        backend.containers["tenant_other_runtime"].name = "tenant_other_runtime";
        refuse();
    }
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a tenant that was stopped when its backup was made is stopped after") {
    stop();
    back_up();
    start();
    backend.images.clear();
    restore();
    CHECK(record(acme).desired == Desired::stopped);
    CHECK(data() == "first");
    CHECK(backend.containers.empty());
    CHECK(backend.images.empty());
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a tenant that was being deleted comes back stopped") {
    auto deleted = record(acme);
    deleted.desired = Desired::deleted;
    store.save(deleted);
    back_up();
    restore();
    CHECK(record(acme).desired == Desired::stopped);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "an image that was on trial is not the one that runs after a restore") {
    auto trial = record(acme);
    trial.previous_image = trial.image;
    trial.previous_desired = Desired::running;
    trial.image = "ghcr.io/acme/nexus:2";
    store.save(trial);
    back_up();
    restore();
    CHECK(record(acme).image == image);
    CHECK(record(acme).previous_image.empty());
    CHECK(runtime().image == image);
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a runtime that an image update had put aside goes with a restore") {
    back_up();
    backend.containers["tenant_acme_previous"].name = "tenant_acme_previous";
    restore();
    CHECK_FALSE(has_aside());
    CHECK(runtime().phase == Phase::running);
}

TEST_CASE_FIXTURE(RestoreHouse,
                  "a restored tenant gets another subnet where its own is taken by now") {
    back_up();
    const auto subnet = record(acme).network.subnet;
    lose_all();
    auto neighbour = tenants::new_record(other, settings, wall_now());
    neighbour.network = {"tenant_other_net", subnet};
    store.save(neighbour);
    restore();
    CHECK_FALSE(record(acme).network.subnet.empty());
    CHECK(record(acme).network.subnet != subnet);
    CHECK(data() == "first");
}

TEST_CASE_FIXTURE(RestoreHouse, "a tenant whose own files are damaged is restored") {
    back_up();
    const auto generation = record(acme).generation;
    set_data("second");
    SUBCASE("tenant.json is no JSON") {
        test::write_file(store.path() + "/acme/tenant.json", "{");
    }
    SUBCASE("the folder is lost and the runtime is an orphan") {
        fs::remove_all(store.path() + "/acme");
    }
    restore();
    CHECK(data() == "first");
    CHECK(record(acme).generation > generation);
    CHECK(runtime().phase == Phase::running);
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a folder that an older deployment made is restored and adopted") {
    fs::remove(store.path() + "/acme/tenant.json");
    back_up();
    lose_all();
    restore();
    CHECK(data() == "first");
    CHECK(record(acme).desired == Desired::stopped);
    CHECK(record(acme).network.name == "tenant_acme_net");
    CHECK(backend.containers.empty());
    check_tidy();
}

TEST_CASE_FIXTURE(RestoreHouse, "a volume that was never made is empty after a restore") {
    auto young = record(acme);
    young.volumes_made = false;
    store.save(young);
    publish([](TenantBackup& backup) { backup.parts.pop_back(); });
    set_data("second");
    restore();
    CHECK(read("tenant_acme_session", "data") == "first");
    CHECK(read("tenant_acme_state", "data").empty());
    check_tidy();
}

}  // namespace nexus::backup
