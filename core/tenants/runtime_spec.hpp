// From desired state to what the engine is asked for: names, labels and the container of one
// tenant. Pure functions; threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "config/settings.hpp"
#include "tenants/tenant_files.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

inline constexpr const char* tenant_label = "io.nexus.tenant";
inline constexpr const char* node_label = "io.nexus.node";
inline constexpr const char* generation_label = "io.nexus.generation";
inline constexpr const char* spec_label = "io.nexus.spec";

// The engine's objects of a tenant, by the names that backups and people look for.
std::string runtime_name(const TenantId& tenant);
std::string previous_name(
    const TenantId& tenant);  // the runtime before, while a new image is tried
std::string session_volume(const TenantId& tenant);
std::string state_volume(const TenantId& tenant);
std::string network_name(const TenantId& tenant);

// The labels that say whose an object is: tenant and node.
Labels identity(const TenantId& tenant, const std::string& node);

// The container of `record`. Its label io.nexus.spec is a hash over everything that makes a
// container another one, so two specs with equal hashes need no new container; the generation is
// not part of it.
ContainerSpec runtime_spec(const TenantRecord& record, const Environment& env,
                           const std::string& config_path, const config::Settings& settings);

}  // namespace nexus::tenants
