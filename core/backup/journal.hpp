// What a backup or a restore is about to do to a tenant, on disk before it does it, so that whoever
// comes after a crash can put it right: a runtime never stays paused, and a restore is done or
// undone. In STATE_DIR/held, one file a tenant. Threads: any, as long as no two work on one tenant
// at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/timestamp.hpp"
#include "config/tenant_id.hpp"

namespace nexus::backup {

using config::TenantId;

struct Entry {
    enum class Kind {
        paused,    // the runtime ran, and is paused for the time of a copy
        stopped,   // the runtime ran, and is stopped for the time of a copy
        restore,   // scratch volumes and a scratch folder are being filled; nothing was touched yet
        swapping,  // the runtime stands aside, and volumes and folder are being exchanged
        swapped,   // they were: what is in the scratch places is the old content
        refused,  // as swapped, but what was restored does not run, and all is to be exchanged back
    };
    Kind kind = Kind::paused;
    // Of a pause whose outcome is not known: until then it may still come, and is undone.
    WallTime stays_until{};
    // From here on of a restore.
    std::string session_sha256;  // of the tar that is restored; whichever volume has it is the new
    std::string state_sha256;
    std::int64_t generation = 0;  // of the tenant.json that is restored, which no other has
    bool session_made = false;    // the volume was not there before
    bool state_made = false;
    bool ran = false;  // the runtime that stands aside is to run again where it comes back
};

class Journal {
  public:
    explicit Journal(const std::string& state_dir);

    // On disk when it returns.
    void write(const TenantId& tenant, const Entry& entry) const;
    void erase(const TenantId& tenant) const;
    bool has(const TenantId& tenant) const;
    // Whether something is to be put right before the tenant is worked on: an entry that only waits
    // for what may still come is none. True also where the file is damaged.
    bool is_unsettled(const TenantId& tenant) const;
    // Throws json::Error where the file is damaged.
    std::optional<Entry> read(const TenantId& tenant) const;
    std::vector<TenantId> list() const;

  private:
    Directory folder_;
};

}  // namespace nexus::backup
