// A tenant's folder as it came out of a backup: hostile, until it has been looked through.
// Threads: one, in the tenant's turn.
#pragma once

#include <optional>

#include "base/files.hpp"
#include "config/settings.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::backup {

using config::TenantId;

// Leaves in `folder` only what a tenant's folder has, this user's own and private, and reads the
// record of `source` there; nothing where an older deployment made it, which has none. Throws
// Failure `snapshot_corrupt` for what could not be a tenant's folder, and std::system_error.
std::optional<tenants::TenantRecord> take_over(const Directory& folder, const TenantId& source);

// What `restored` is on this node, as `tenant`: newer than `old`, no job at work, with the network
// of `old`, or the one that it had, where that can be its own again, or else none. Pure but for the
// other tenants' records.
tenants::TenantRecord renewed(tenants::TenantRecord restored, const TenantId& tenant,
                              const std::optional<tenants::TenantRecord>& old,
                              const tenants::TenantStore& store, const config::Settings& settings);

}  // namespace nexus::backup
