// One tenant into the blob store: its folder and both volumes, of one moment. Threads: any, in the
// tenant's turn.
#pragma once

#include "backup/blob_store.hpp"
#include "backup/journal.hpp"
#include "backup/manifest.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/job_context.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::backup {

class Capture {
  public:
    // All must outlive it.
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
        const BackupDir& dir;
        const BlobStore& blobs;
        const Journal& journal;
    };
    Capture(Parts parts, const config::Settings& settings, Log& log);

    struct Options {
        bool full = false;  // read all, also what the fingerprint says did not change
    };

    // `before`: what the newest run has of the tenant; null: nothing. Trouble with a part is in the
    // result and stops no other. Throws Failure `cancelled`, after the runtime was let go on.
    TenantBackup run(const TenantId& tenant, const TenantBackup* before, const Options& options,
                     tenants::JobContext& context);

  private:
    Parts parts_;
    const config::Settings& settings_;
    Log& log_;
};

}  // namespace nexus::backup
