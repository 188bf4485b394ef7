// Which tenants that have a folder on this node belong to another one, as far as is known without
// Redis: the file `elsewhere` in STATE_DIR, an id a line. Threads: any; one writer.
#pragma once

#include <set>
#include <string>

#include "base/files.hpp"
#include "config/tenant_id.hpp"

namespace nexus::tenants {

// Empty where there is no file. Throws std::system_error.
std::set<config::TenantId> read_elsewhere(const std::string& state_dir);

void write_elsewhere(const Directory& state_dir, const std::set<config::TenantId>& tenants);

}  // namespace nexus::tenants
