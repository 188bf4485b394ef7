// What a backup takes over from the one before.
#include <doctest/doctest.h>

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
    const std::vector<std::string> all{"folder", "session", "state"};
    const std::vector<std::string> nothing;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what did not change is taken over, and the runtime not held for it") {
    const auto captured = capture(&before);
    CHECK(take_calls() == Calls{"inspect_volume", "inspect_volume"});
    CHECK(read(captured.backup) == nothing);
    CHECK(captured.bytes_written == 0);
    CHECK(captured.backup.pause_ms == 0);
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

TEST_CASE_FIXTURE(Fixture, "only what changed is read") {
    write(PartName::state, "second");
    const auto captured = capture(&before);
    CHECK(read(captured.backup) == std::vector<std::string>{"state"});
    CHECK(take_calls() == Calls{"inspect_volume", "inspect_volume", "inspect", "pause",
                                "export_volume", "unpause"});
    CHECK(captured.backup.parts[2].sha256 != known(PartName::state).sha256);
    CHECK(captured.backup.parts[2].fingerprint.empty());  // it changed a moment ago
    CHECK(captured.bytes_written == captured.backup.parts[2].blob_bytes);
}

TEST_CASE_FIXTURE(Fixture, "what changes until the runtime is held is read with the others") {
    write(PartName::state, "second");
    backend.before = [this](const std::string& op) {
        if (op == "pause") write(PartName::session, "second");
    };
    CHECK(read(capture(&before).backup) == std::vector<std::string>{"session", "state"});
}

TEST_CASE_FIXTURE(Fixture, "all is read where that is asked for, and once a week") {
    SUBCASE("asked for") {
        const auto captured = capture(&before, {.full = true});
        CHECK(read(captured.backup) == all);
        CHECK(captured.bytes_written == 0);  // the same content has the same blob
    }
    SUBCASE("a week later") {
        for (auto& part : before.parts)
            part.read_at -= 7 * day;
        CHECK(read(capture(&before).backup) == all);
    }
    SUBCASE("six days later it is not") {
        for (auto& part : before.parts)
            part.read_at -= 6 * day;
        CHECK(read(capture(&before).backup) == nothing);
    }
    SUBCASE("a clock that was ahead") {
        for (auto& part : before.parts)
            part.read_at += day;
        CHECK(read(capture(&before).backup) == all);
    }
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "what cannot be known to be the same is read") {
    SUBCASE("the engine's folders cannot be seen") {
        for (auto& [name, volume] : backend.volumes)
            volume.mountpoint = "/nowhere/" + name;
        CHECK(read(capture(&before).backup) == std::vector<std::string>{"session", "state"});
    }
    SUBCASE("it was read by the engine's own means") {
        backend.exported = [](const std::string&, VolumeCopy& copy) { copy.method = "archive"; };
        const auto second = capture(&before, {.full = true}).backup;
        CHECK(read(capture(&second).backup) == std::vector<std::string>{"session", "state"});
    }
    SUBCASE("it was torn") {
        known(PartName::session).status = PartStatus::torn;
        CHECK(read(capture(&before).backup) == std::vector<std::string>{"session"});
    }
    SUBCASE("its blob is gone") {
        CHECK(std::filesystem::remove(tar_path({.sha256 = known(PartName::state).sha256})));
        CHECK(read(capture(&before).backup) == std::vector<std::string>{"state"});
    }
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a blob that was verified a week ago is verified again") {
    Part& old = known(PartName::state);
    old.verified_at -= 7 * day;
    SUBCASE("and is good") {
        const auto captured = capture(&before);
        CHECK(read(captured.backup) == nothing);
        CHECK(wall_now() - captured.backup.parts[2].verified_at < std::chrono::minutes(1));
        CHECK(captured.backup.parts[1].verified_at == known(PartName::session).verified_at);
    }
    SUBCASE("and is damaged: the part is read again, and the blob good again") {
        const std::string path = tar_path({.sha256 = old.sha256});
        auto bytes = test::read_file(path);
        bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
        test::write_file(path, bytes);
        const auto captured = capture(&before);
        CHECK(read(captured.backup) == std::vector<std::string>{"state"});
        CHECK(captured.backup.parts[2].sha256 == old.sha256);
        blobs.verify(old.sha256, old.tar_bytes, old.entries, no_limit);
    }
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "labels are those of today") {
    backend.volumes.at("tenant_acme_state").labels["note"] = "new";
    const auto captured = capture(&before);
    CHECK(read(captured.backup) == nothing);
    CHECK(captured.backup.parts[2].labels.at("note") == "new");
}

}  // namespace nexus::backup
