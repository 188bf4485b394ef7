// What a backup takes over from the one before.
#include <doctest/doctest.h>

#include <filesystem>

#include "unit/backup/capture_house.hpp"

namespace nexus::backup {
namespace {

using Calls = std::vector<std::string>;
constexpr std::chrono::hours day(24);

// A backup was made, and nothing changed since.
struct Fixture : CaptureHouse {
    TenantBackup before{acme};

    Fixture() {
        show_volumes();
        settle_down();
        before = capture().backup;
        take_calls();
    }
    Part& known(PartName name) { return before.parts.at(static_cast<std::size_t>(name)); }
    // Which parts were read.
    std::vector<std::string> read(const TenantBackup& backup) {
        std::vector<std::string> names;
        for (const auto& part : backup.parts) {
            CHECK(part.status == PartStatus::ok);
            CHECK(blobs.has(part.sha256));
            if (!part.unchanged) names.emplace_back(to_string(part.name));
        }
        return names;
    }
    // Its blob is as large as before.
    void damage(const Part& part) {
        const std::string path = tar_path({.sha256 = part.sha256});
        auto bytes = test::read_file(path);
        bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
        test::write_file(path, bytes);
    }
    const std::vector<std::string> all{"folder", "session", "state"};
    const std::vector<std::string> nothing;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what did not change is taken over, and the runtime not held for it") {
    backend.volumes.at("tenant_acme_state").labels["note"] = "of today";
    const auto captured = capture(&before);
    CHECK(take_calls() == Calls{"inspect_volume", "inspect_volume"});
    CHECK(read(captured.backup) == nothing);
    CHECK(captured.bytes_written == 0);
    CHECK(captured.backup.pause_ms == 0);
    CHECK(captured.backup.parts[2].labels.at("note") == "of today");
    for (const auto& part : captured.backup.parts) {
        const Part& old = known(part.name);
        CHECK(part.sha256 == old.sha256);
        CHECK(part.read_at == old.read_at);
        CHECK(part.verified_at == old.verified_at);
        CHECK(part.fingerprint == old.fingerprint);
        CHECK(part.consistency == old.consistency);
        CHECK(part.entries == old.entries);
    }
    // And once more, from what was taken over.
    CHECK(read(capture(&captured.backup).backup) == nothing);
}

TEST_CASE_FIXTURE(Fixture, "only what changed is read, also where that was just before the pause") {
    write(PartName::state, "second");
    const auto captured = capture(&before);
    CHECK(read(captured.backup) == std::vector<std::string>{"state"});
    CHECK(take_calls() == Calls{"inspect_volume", "inspect_volume", "inspect", "pause",
                                "export_volume", "unpause"});
    CHECK(captured.backup.parts[2].sha256 != known(PartName::state).sha256);
    CHECK(captured.backup.parts[2].fingerprint.empty());  // it changed a moment ago
    CHECK(captured.bytes_written == captured.backup.parts[2].blob_bytes);
    backend.before = [this](const std::string& op) {
        if (op == "pause") write(PartName::session, "second");
    };
    CHECK(read(capture(&before).backup) == std::vector<std::string>{"session", "state"});
}

TEST_CASE_FIXTURE(Fixture, "all is read where that is asked for, and once a week") {
    const auto captured = capture(&before, {.full = true});
    CHECK(read(captured.backup) == all);
    CHECK(captured.bytes_written == 0);  // the same content has the same blob
    const auto read_after = [this](std::chrono::hours time) {
        TenantBackup then = before;
        for (auto& part : then.parts)
            part.read_at -= time;
        return read(capture(&then).backup);
    };
    CHECK(read_after(7 * day) == all);
    CHECK(read_after(6 * day) == nothing);
    CHECK(read_after(-day) == all);  // the clock was ahead
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "what cannot be known to be the same is read") {
    const std::vector<std::string> volumes{"session", "state"};
    // It was read by the engine's own means.
    backend.exported = [](const std::string&, VolumeCopy& copy) { copy.method = "archive"; };
    const auto second = capture(&before, {.full = true}).backup;
    CHECK(read(capture(&second).backup) == volumes);
    backend.exported = [](const std::string&, VolumeCopy&) {};
    // It was torn.
    TenantBackup torn = before;
    torn.parts[1].status = PartStatus::torn;
    CHECK(read(capture(&torn).backup) == std::vector<std::string>{"session"});
    // Its blob is gone.
    CHECK(std::filesystem::remove(tar_path({.sha256 = known(PartName::state).sha256})));
    CHECK(read(capture(&before).backup) == std::vector<std::string>{"state"});
    // The engine's folders cannot be seen.
    for (auto& [name, volume] : backend.volumes)
        volume.mountpoint = "/nowhere/" + name;
    CHECK(read(capture(&before).backup) == volumes);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a blob that was verified a week ago is verified again") {
    Part& old = known(PartName::state);
    old.verified_at -= 7 * day;
    const auto good = capture(&before).backup;
    CHECK(read(good) == nothing);
    CHECK(wall_now() - good.parts[2].verified_at < std::chrono::hours(1));
    CHECK(good.parts[1].verified_at == known(PartName::session).verified_at);

    damage(old);
    const auto captured = capture(&before);
    CHECK(read(captured.backup) == std::vector<std::string>{"state"});
    CHECK(captured.backup.parts[2].sha256 == old.sha256);
    blobs.verify(old.sha256, old.tar_bytes, old.entries, no_limit);  // it is good again
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a blob that has another size than was noted is read, and made anew") {
    const Part& old = known(PartName::state);
    const std::string path = tar_path({.sha256 = old.sha256});
    test::write_file(path, test::read_file(path).substr(1));
    CHECK(read(capture(&before).backup) == std::vector<std::string>{"state"});
    CHECK(blobs.size(old.sha256) == old.blob_bytes);
    blobs.verify(old.sha256, old.tar_bytes, old.entries, no_limit);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "what a run holds that was found damaged is verified, whoever has it") {
    const auto first = back_up();
    CHECK(read(*back_up().find(acme)) == nothing);  // a newer one, of the same blobs
    const Part& kept = *first.find(acme)->find(PartName::state);
    damage(kept);
    CHECK(read(*back_up().find(acme)) == nothing);
    runs.note(first.id, {wall_now(), false, "verify", {"acme state: damaged"}});
    const auto mended = back_up();
    CHECK(read(*mended.find(acme)) == std::vector<std::string>{"state"});
    blobs.verify(kept.sha256, kept.tar_bytes, kept.entries, no_limit);
    // Verified since, they are as good as others.
    const auto last = back_up();
    CHECK(read(*last.find(acme)) == nothing);
    for (const auto name : all_parts) {
        CHECK(last.find(acme)->find(name)->verified_at ==
              mended.find(acme)->find(name)->verified_at);
    }
    check_tidy();
}

}  // namespace nexus::backup
