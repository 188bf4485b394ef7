// Every tenant that has a folder on this node, with the spec that its container should have. What
// did not change on disk since the last look is not read again. Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "config/settings.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::tenants {

struct RosterEntry {
    std::optional<TenantRecord> record;  // nothing where there is no tenant.json, or a damaged one
    std::string spec;                    // as the label io.nexus.spec
    std::string problem;                 // why its files cannot be read; empty where they can
};

class Roster {
  public:
    using Entries = std::map<TenantId, RosterEntry>;

    // Both references must outlive this.
    Roster(const TenantStore& store, const config::Settings& settings)
        : store_(store), settings_(settings) {}

    // As it stands on disk now. Throws std::system_error where TENANT_ROOT cannot be listed.
    const Entries& refresh();

  private:
    struct Seen {
        TenantStore::Versions versions;
        std::uint64_t look = 0;
    };
    RosterEntry read(const TenantId& tenant) const;

    const TenantStore& store_;
    const config::Settings& settings_;
    Entries entries_;
    std::map<TenantId, Seen> seen_;
    std::uint64_t look_ = 0;
};

}  // namespace nexus::tenants
