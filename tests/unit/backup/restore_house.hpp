// A tenant with data in both volumes, its backups, and a restore over them. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backup/journal.hpp"
#include "backup/restore.hpp"
#include "unit/backup/blob_fixture.hpp"
#include "unit/tenants/house.hpp"

namespace nexus::backup {

// All that there is of a tenant and of what a restore may leave behind, to be compared.
struct Picture {
    std::map<std::string, std::string> containers;                      // name → image and phase
    std::map<std::string, std::map<std::string, std::string>> volumes;  // name → path → all of it
    std::map<std::string, std::string> root;                            // the same of TENANT_ROOT
    bool operator==(const Picture&) const = default;
};

struct RestoreHouse : tenants::House, BlobHouse {
    test::TempDir state;
    RunStore runs{dir};
    Journal journal{state.path().string()};

    TenantId other = *TenantId::parse("other");  // of whom there is nothing

    // Acme, running, with "first" in both volumes and in a file of config/.
    RestoreHouse();

    void write(const std::string& volume, const std::string& file, std::string_view content);
    std::string read(const std::string& volume, const std::string& file);
    // What the tenant's data says; empty where the three places do not say the same.
    std::string data();
    void set_data(std::string_view text);
    tenants::TenantRecord record(const TenantId& tenant) const {
        return store.load(tenant).value();
    }
    // As on a new machine that has only BACKUP_DIR.
    void lose_all();

    // One part as it is now, and a run of acme alone with all three.
    Part capture(PartName name);
    Run back_up();
    // A run whose parts `change` has tampered with.
    Run publish(const std::function<void(TenantBackup&)>& change = [](TenantBackup&) {});
    // A blob that BlobStore::add would not take, and a part that tells of it.
    Part plant(PartName name, const std::string& tar) const;

    // In a process of its own, as it were.
    Restore::Report restore(const std::string& snapshot = "latest");
    Restore::Report restore_as(const TenantId& copy);
    Restore::DrillReport drill();
    void settle();
    // The message of the Failure of this code that `act` throws.
    std::string refusal(ErrorCode code, const std::function<void()>& act);

    Picture picture();
    // Nothing of a restore is left in the engine, in TENANT_ROOT, in tmp/ or in the journal, and no
    // runtime is paused.
    void check_tidy();

  private:
    template <typename Act>
    auto with_restore(const TenantId& tenant, Act act);
};

}  // namespace nexus::backup
