#include "tenants/roster.hpp"

#include "base/json.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {

const Roster::Entries& Roster::refresh() {
    ++look_;
    for (const auto& tenant : store_.list()) {
        auto versions = store_.versions(tenant);
        auto [place, fresh] = seen_.try_emplace(tenant);
        Seen& seen = place->second;
        seen.look = look_;
        if (!fresh && seen.versions == versions) continue;
        seen.versions = versions;
        entries_.insert_or_assign(tenant, read(tenant));
    }
    std::erase_if(seen_, [this](const auto& seen) {
        if (seen.second.look == look_) return false;
        entries_.erase(seen.first);
        return true;
    });
    return entries_;
}

RosterEntry Roster::read(const TenantId& tenant) const {
    RosterEntry entry;
    try {
        entry.record = store_.load(tenant);
        if (!entry.record) return entry;
        entry.spec = current_spec(*entry.record, store_, settings_).labels.at(spec_label);
    } catch (const std::exception& error) {
        entry.problem = error.what();
        entry.record.reset();
    }
    return entry;
}

}  // namespace nexus::tenants
