// Where a tenant's snapshot is unpacked while nothing of the tenant's own is touched: two volumes
// in the engine, and a folder beside the tenant's. What was the tenant's own is there after the
// exchange, with the runtime. Threads: one, in the tenant's turn.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "backup/blob_store.hpp"
#include "backup/manifest.hpp"
#include "tenants/job_context.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::backup {

// For reading or writing a whole volume.
inline constexpr std::chrono::hours bulk_patience(6);

inline constexpr PartName volume_parts[] = {PartName::session, PartName::state};

// The tenant's own volume of that part, and the one that stands in for it meanwhile.
std::string volume_of(const TenantId& tenant, PartName part);
std::string scratch_volume(const TenantId& tenant, PartName part);
std::string scratch_runtime(const TenantId& tenant);
// In TENANT_ROOT; no tenant's id begins with a dot.
std::string scratch_folder(const TenantId& tenant);

// The container of that name. Throws Failure `conflict` where its label says another tenant.
std::optional<ContainerState> find_container(Backend& backend, const std::string& name,
                                             const tenants::JobContext& context);

class Scratch {
  public:
    // All must outlive it.
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
    };
    // Of context.tenant().
    Scratch(Parts parts, std::string node, const tenants::JobContext& context);

    // Both volumes and the folder, empty, whatever was there before. Throws BackendError and
    // std::system_error, as do all of these.
    void make() const;

    // Whether the backend can exchange volumes of this tenant. Both must still be empty.
    bool can_exchange() const;

    // The part's tar into a volume that is empty; the folder's into the scratch folder. Throws
    // Failure `snapshot_corrupt` where it is not what the manifest says, or must not be unpacked.
    VolumeCopy fill(const BlobStore& blobs, const Part& part, const std::string& volume) const;
    VolumeCopy fill_folder(const BlobStore& blobs, const Part& part) const;
    Directory folder() const;

    // All that was unpacked is on disk when it returns, as far as this machine has it.
    void sync() const;

    // Nothing of it is left.
    void remove() const;

  private:
    using Import = std::function<VolumeCopy(const CallContext& call, int fd)>;
    VolumeCopy unpack(const BlobStore& blobs, const Part& part, const Import& import) const;

    const Parts parts_;
    const std::string node_;
    const tenants::JobContext& context_;
    const TenantId& tenant_;
};

}  // namespace nexus::backup
