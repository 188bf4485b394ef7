#include "unit/backup/restore_house.hpp"

#include <filesystem>

#include "archive/folder_archive.hpp"
#include "backup/scratch.hpp"
#include "backup/sha256.hpp"
#include "tenants/runtime_spec.hpp"
#include "unit/archive/folder_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;

}  // namespace

RestoreHouse::RestoreHouse() {
    settings.job_timeout = std::chrono::seconds(60);
    provision();
    set_data("first");
}

void RestoreHouse::write(const std::string& volume, const std::string& file,
                         std::string_view content) {
    test::write_file(backend.content(volume) + "/" + file, content);
}

std::string RestoreHouse::read(const std::string& volume, const std::string& file) {
    const std::string path = backend.content(volume) + "/" + file;
    return fs::exists(path) ? test::read_file(path) : "";
}

void RestoreHouse::set_data(std::string_view text) {
    for (const auto part : volume_parts)
        write(volume_of(acme, part), "data", text);
    test::write_file(store.config_path(acme) + "/data", text);
}

std::string RestoreHouse::data() {
    const std::string path = store.config_path(acme) + "/data";
    const std::string text = fs::exists(path) ? test::read_file(path) : "";
    const bool same =
        read("tenant_acme_session", "data") == text && read("tenant_acme_state", "data") == text;
    return same ? text : "";
}

void RestoreHouse::lose_all() {
    backend.containers.clear();
    backend.volumes.clear();
    backend.networks.clear();
    backend.images.clear();
    fs::remove_all(store.path() + "/acme");
    book.forget(acme);
}

Part RestoreHouse::capture(PartName name) {
    const auto tar =
        archive::exported(name == PartName::folder ? store.folder(acme).path()
                                                   : backend.content(volume_of(acme, name)));
    return part_of(name, add(tar));
}

Run RestoreHouse::back_up() {
    return publish();
}

Run RestoreHouse::publish(const std::function<void(TenantBackup&)>& change) {
    Run run;
    run.id = runs.begin();
    run.node = settings.node_name;
    run.scope = acme.text();
    run.runner_version = "1";
    run.backend = "fake";
    run.started_at = run.finished_at = wall_now();
    TenantBackup backup(acme);
    for (const auto name : all_parts)
        backup.parts.push_back(capture(name));
    change(backup);
    run.tenants.push_back(std::move(backup));
    runs.publish(run);
    return run;
}

Part RestoreHouse::plant(PartName name, const std::string& tar) const {
    Sha256 hash;
    hash.update(tar);
    BlobFacts facts;
    facts.sha256 = hash.finish();
    facts.tar_bytes = static_cast<std::int64_t>(tar.size());
    test::write_file(tar_path(facts), compressed(tar));
    write_list(facts, {});
    return part_of(name, facts);
}

template <typename Act>
auto RestoreHouse::with_restore(const TenantId& tenant, Act act) {
    tenants::ImagePuller own_puller(backend, "", redactor, log);
    Restore restore({backend, store, lifecycle, own_puller, dir, journal}, settings, log);
    const auto far = tenants::JobContext::Clock::now() + std::chrono::hours(1);
    tenants::JobContext context({"restore", 1, 1}, tenant, std::chrono::seconds(60), far,
                                cancel.fd(), [this] { permit(); });
    return act(restore, context);
}

Restore::Report RestoreHouse::restore(const std::string& snapshot) {
    return with_restore(acme, [&](Restore& restore, tenants::JobContext& context) {
        return restore.run({acme, snapshot}, context);
    });
}

Restore::Report RestoreHouse::restore_as(const TenantId& copy) {
    return with_restore(copy, [&](Restore& restore, tenants::JobContext& context) {
        return restore.run({acme, "latest"}, context);
    });
}

Restore::DrillReport RestoreHouse::drill() {
    return with_restore(acme, [&](Restore& restore, tenants::JobContext& context) {
        return restore.drill({acme, "latest"}, context);
    });
}

void RestoreHouse::settle() {
    auto circumstances = context();
    Settler({backend, store, lifecycle, journal}, settings, log).settle(circumstances);
    told = circumstances.take_events();
}

std::string RestoreHouse::refusal(ErrorCode code, const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        CAPTURE(std::string(failure.what()));
        CHECK(to_string(failure.code()) == to_string(code));
        return failure.what();
    }
    FAIL("nothing was thrown");
    return {};
}

Picture RestoreHouse::picture() {
    Picture seen;
    for (const auto& [name, container] : backend.containers)
        seen.containers[name] = container.image + " " + std::string(to_string(container.phase));
    for (const auto& [name, volume] : backend.volumes)
        seen.volumes[name] = archive::seen_in(backend.content(name));
    seen.root = archive::seen_in(store.path());
    seen.root.erase("");  // when something was made there does not matter
    return seen;
}

void RestoreHouse::check_tidy() {
    CHECK(journal.list().empty());
    CHECK(fs::is_empty(dir.tmp().path()));
    for (const auto& name : store.root().names())
        CHECK(name.find("restore") == std::string::npos);
    for (const auto& [name, volume] : backend.volumes)
        CHECK(name.find("restore") == std::string::npos);
    for (const auto& [name, container] : backend.containers) {
        CHECK(name.find("restore") == std::string::npos);
        CHECK(container.phase != Phase::paused);
    }
}

}  // namespace nexus::backup
