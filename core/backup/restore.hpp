// A tenant back from a run: into scratch volumes and a scratch folder first, then exchanged with
// what is there, with the runtime stopped. On any error the tenant is as it was. Threads: any, in
// the tenant's turn.
#pragma once

#include <optional>
#include <string>

#include "backup/blob_store.hpp"
#include "backup/journal.hpp"
#include "backup/run_store.hpp"
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
        std::vector<tenants::TenantEvent> events;
    };

    // Makes context.tenant() what `request.source` was; another id than the source's must not be on
    // this node. Throws Failure: `snapshot_not_found`, `snapshot_corrupt`, `conflict`, `exhausted`,
    // and what the lifecycle's start throws.
    Report run(const Request& request, tenants::JobContext& context);

    // The same into scratch volumes only, compared with the snapshot, SQLite files checked, and
    // removed again. The runtime is not touched. What is wrong, a sentence each; empty: nothing.
    std::vector<std::string> drill(const Request& request, tenants::JobContext& context);

    // Puts right what a process that died left of the tenant, in its turn: a paused runtime goes
    // on, a stopped one is started again by whoever looks after the tenant, a restore that had not
    // exchanged all is undone, and one that had is kept. Idempotent; nothing to do is no error.
    void settle(tenants::JobContext& context);

  private:
    Parts parts_;
    const config::Settings& settings_;
    Log& log_;
    BlobStore blobs_;
    RunStore runs_;
};

}  // namespace nexus::backup
