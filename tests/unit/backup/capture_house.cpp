#include "unit/backup/capture_house.hpp"

#include "backup/fingerprint.hpp"
#include "backup/scratch.hpp"
#include "support/backend_call.hpp"
#include "support/wait_until.hpp"

namespace nexus::backup {

CaptureHouse::CaptureHouse() {
    settings.job_timeout = std::chrono::seconds(5);
    settings.backend = "fake";
    add_tenant("acme");
}

void CaptureHouse::add_tenant(const std::string& id) {
    acme = *TenantId::parse(id);
    provision();
    for (const auto part : all_parts)
        write(part, "first " + std::string(to_string(part)) + " of " + id);  // no two blobs alike
}

std::string CaptureHouse::volume_file(PartName part) {
    const std::string place =
        part == PartName::folder ? store.config_path(acme) : backend.content(volume_of(acme, part));
    return place + "/data";
}

void CaptureHouse::write(PartName part, std::string_view content) {
    test::write_file(volume_file(part), content);
}

void CaptureHouse::show_volumes() {
    for (auto& [name, volume] : backend.volumes)
        volume.mountpoint = backend.content(name);
}

void CaptureHouse::settle_down() {
    std::vector<std::string> folders{store.path()};
    for (const auto& [name, volume] : backend.volumes)
        folders.push_back(backend.content(name));
    for (const auto& path : folders) {
        test::wait_until(
            [&] { return !fingerprint(test::within(std::chrono::seconds(60)), path).empty(); },
            std::chrono::seconds(60), "nothing changed for a while");
    }
}

Capture::Captured CaptureHouse::capture(const TenantBackup* before,
                                        const Capture::Options& options) {
    const Capture one({backend, store, dir, blobs, journal}, settings, log);
    return one.run(before, options, context());
}

Snapshot CaptureHouse::snapshot(std::chrono::milliseconds patience) {
    return {{backend, store, dir, turns, journal}, settings, "1.0", log, patience};
}

Run CaptureHouse::back_up(const Capture::Options& options) {
    return snapshot().of_node(options, cancel.fd(), [](const auto&) {});
}

std::vector<std::string> CaptureHouse::take_calls() {
    return std::exchange(backend.calls, {});
}

void CaptureHouse::check_tidy() {
    for (const auto& [name, container] : backend.containers)
        CHECK(container.phase == Phase::running);
    CHECK(journal.list().empty());
    CHECK(runs.unpublished().empty());
    CHECK(dir.tmp().names().empty());
    for (const auto& tenant : store.list())
        CHECK(another.try_take(tenant));
}

}  // namespace nexus::backup
