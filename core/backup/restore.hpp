// A tenant back from a run: into scratch volumes and a scratch folder first, then exchanged with
// what is there, with the runtime stopped. On any error the tenant is as it was. Threads: any, in
// the tenant's turn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/blob_store.hpp"
#include "backup/journal.hpp"
#include "backup/run_store.hpp"
#include "backup/settle.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/image_puller.hpp"
#include "tenants/job_context.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::backup {

class Restore {
  public:
    // All must outlive it.
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
        tenants::Lifecycle& lifecycle;
        tenants::ImagePuller& puller;
        const BackupDir& dir;
        const Journal& journal;
    };
    Restore(Parts parts, const config::Settings& settings, Log& log);

    struct Request {
        TenantId source;                  // whose backup
        std::string snapshot = "latest";  // a run's id, or this
    };
    struct Report {
        std::string snapshot;
        std::int64_t bytes = 0;  // of the tars
        std::int64_t entries = 0;
        std::vector<std::string> notes;  // what the operator should know, a sentence each
        std::vector<tenants::TenantEvent> events;
    };

    // Makes context.tenant() what `request.source` was; another id than the source's must not be on
    // this node. Throws Failure: `snapshot_not_found`, `snapshot_corrupt`, `conflict`, `exhausted`,
    // `image_invalid` and `image_unavailable` of a tenant that ran, and what Lifecycle::bring_up
    // throws. The message tells what became of the tenant.
    Report run(const Request& request, tenants::JobContext& context);

    struct DrillReport {
        std::string snapshot;
        std::int64_t bytes = 0;
        std::int64_t entries = 0;
        std::int64_t databases = 0;         // that SQLite looked through
        std::vector<std::string> notes;     // what could not be looked at, a sentence each
        std::vector<std::string> problems;  // a sentence each; empty: the snapshot is good
    };

    // The same into scratch volumes only, compared with the snapshot, SQLite files checked, and
    // removed again. The runtime is not touched. Throws Failure where that could not be found out:
    // `snapshot_not_found`, `exhausted`, and what the engine throws.
    DrillReport drill(const Request& request, tenants::JobContext& context);

  private:
    class Attempt;
    class Drill;

    // What `run` has of the tenant, with its folder. Throws Failure `snapshot_corrupt`.
    static const TenantBackup& backup_in(const Run& run, const TenantId& tenant);
    void settle(tenants::JobContext& context);
    std::vector<tenants::TenantEvent> bring_up(const tenants::JobContext& context);
    void clear(const tenants::JobContext& context);

    const Parts parts_;
    const config::Settings& settings_;
    Log& log_;
    const BlobStore blobs_;
    const RunStore runs_;
    Settler settler_;
};

}  // namespace nexus::backup
