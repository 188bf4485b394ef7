// Tenants with data in both volumes, and all that a backup of them needs. Threads: one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backup/capture.hpp"
#include "backup/run_store.hpp"
#include "backup/snapshot.hpp"
#include "tenants/turn_locks.hpp"
#include "unit/backup/blob_fixture.hpp"
#include "unit/tenants/house.hpp"

namespace nexus::backup {

struct CaptureHouse : tenants::House, BlobHouse {
    test::TempDir state;
    RunStore runs{dir};
    Journal journal{state.path().string()};
    tenants::TurnLocks turns{state.path().string()};
    tenants::TurnLocks another{state.path().string()};  // as another process has them

    // Acme, running, with a file in each of its parts.
    CaptureHouse();

    // Provisions a tenant like acme, which is acme from then on.
    void add_tenant(const std::string& id);
    std::string volume_file(PartName part);
    void write(PartName part, std::string_view content);
    // From now on volumes can be seen by their mount points.
    void show_volumes();
    // Waits until nothing changed for so long that all parts have a fingerprint.
    void settle_down();

    Capture::Captured capture(const TenantBackup* before = nullptr,
                              const Capture::Options& options = {});
    Snapshot snapshot(std::chrono::milliseconds patience = std::chrono::minutes(15));
    Run back_up(const Capture::Options& options = {});

    // The operations on the backend since the last call.
    std::vector<std::string> take_calls();
    // The runtime of every tenant runs, and nothing is left of a backup but blobs and runs.
    void check_tidy();
};

}  // namespace nexus::backup
