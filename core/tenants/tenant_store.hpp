// Desired state on disk: one folder a tenant below TENANT_ROOT. Threads: any, as long as no two
// work on one tenant at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "tenants/tenant_files.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

// The record's file in a tenant's folder.
inline constexpr const char* record_file = "tenant.json";

class TenantStore {
  public:
    // Opens TENANT_ROOT. Throws std::system_error where it is missing or cannot be read.
    explicit TenantStore(const std::string& tenant_root);

    // Every tenant that has a folder, whatever is in it; other names are passed over.
    std::vector<TenantId> list() const;

    // The record; nothing where the tenant has no tenant.json. Throws json::Error where the file is
    // damaged.
    std::optional<TenantRecord> load(const TenantId& tenant) const;

    // Of the files that say what a tenant's container is, without reading them.
    struct Versions {
        std::optional<FileVersion> record;
        std::optional<FileVersion> environment;
        bool operator==(const Versions&) const = default;
    };
    Versions versions(const TenantId& tenant) const;

    // The runtime's environment, and where its config folder is, without making anything. Throws
    // Failure `internal` where the file is damaged.
    Environment environment(const TenantId& tenant) const;
    std::string config_path(const TenantId& tenant) const;

    // Whether the folder was made by an older deployment: env/ and config/, and no tenant.json.
    bool is_unadopted(const TenantId& tenant) const;

    // Makes the folder where it is missing, then replaces tenant.json in one step; `permit` as that
    // of Directory::write.
    void save(
        const TenantRecord& record, const Directory::Permit& permit = [] {}) const;

    // The tenant's folder, made where it is missing.
    Directory folder(const TenantId& tenant) const;

    // The tenant's folder and all in it. One that is not there is no error.
    void remove(const TenantId& tenant) const;

    // Whether a file can be made and removed here now; throws std::system_error where not.
    void probe() const;

    const Directory& root() const noexcept { return root_; }
    const std::string& path() const noexcept { return root_.path(); }

  private:
    Directory root_;
};

}  // namespace nexus::tenants
