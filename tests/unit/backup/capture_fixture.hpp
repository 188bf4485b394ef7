// What the tests of a capture ask of one tenant's backup. Threads: one.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/backup/capture_house.hpp"

namespace nexus::backup {

using Calls = std::vector<std::string>;

inline const Calls whole{"inspect_volume", "inspect_volume", "inspect", "pause",
                         "export_volume",  "export_volume",  "unpause"};

struct CaptureFixture : CaptureHouse {
    CaptureFixture() { take_calls(); }

    ContainerState& container() { return backend.containers.at("tenant_acme_runtime"); }

    // The next calls of `op` throw.
    void refuse(const std::string& op, Code code, int times = 1) {
        backend.before = [op, code, times](const std::string& called) mutable {
            if (called != op || times-- <= 0) return;
            throw BackendError(code, "refused", true);
        };
    }
    // The journal has a pause that may still come; afterwards it does not.
    void forget_late_pause() {
        CHECK(journal.read(acme).value().kind == Entry::Kind::paused);
        CHECK(journal.read(acme).value().stays_until > wall_now());
        journal.erase(acme);
    }
    void check_good(const TenantBackup& backup, Consistency consistency) {
        REQUIRE(backup.parts.size() == 3);
        for (const auto& part : backup.parts) {
            CAPTURE(to_string(part.name));
            CHECK(part.error.empty());
            CHECK(part.status == PartStatus::ok);
            CHECK(to_string(part.consistency) == to_string(consistency));
            CHECK(blobs.has(part.sha256));
            CHECK(part.tar_bytes > 0);
            CHECK(part.blob_bytes > 0);
            CHECK(part.file_bytes > 0);
            CHECK(part.method == "mount_point");
            CHECK(wall_now() - part.read_at < std::chrono::hours(1));
            CHECK(wall_now() - part.verified_at < std::chrono::hours(1));
            CHECK_FALSE(part.unchanged);
        }
    }
    static const Part& part(const TenantBackup& backup, PartName name) {
        const Part* found = backup.find(name);
        REQUIRE(found != nullptr);
        return *found;
    }
    static void check_failed(const Part& part, const std::string& reason, const std::string& text) {
        CAPTURE(part.error);
        CHECK(part.status == PartStatus::failed);
        CHECK(part.reason == reason);
        CHECK(part.error.find(text) != std::string::npos);
        CHECK(part.sha256.empty());
    }
};

}  // namespace nexus::backup
