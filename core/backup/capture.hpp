// One tenant into the blob store: its folder and both volumes, of one moment. Threads: any, in the
// tenant's turn.
#pragma once

#include <optional>

#include "backup/blob_store.hpp"
#include "backup/journal.hpp"
#include "backup/manifest.hpp"
#include "base/failure.hpp"
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
    Capture(Parts parts, const config::Settings& settings, Log& log)
        : parts_(parts), settings_(settings), log_(log) {}

    struct Options {
        bool full = false;  // read all, also what the fingerprint says did not change
    };
    struct Captured {
        TenantBackup backup;
        std::int64_t bytes_written = 0;       // into the blob store
        std::optional<Failure> failure = {};  // of the first part that failed
    };

    // Of context.tenant(). `before`: what the newest run has of it; null: nothing. Every blob that
    // the result names is verified: a new one was now, another within a week. Trouble with a part
    // is in the result and stops no other. The caller shares the blobs. Throws Failure `cancelled`,
    // after the runtime was let go on, and `conflict` where the journal has something of the
    // tenant.
    Captured run(const TenantBackup* before, const Options& options,
                 const tenants::JobContext& context) const;

  private:
    class Attempt;

    const Parts parts_;
    const config::Settings& settings_;
    Log& log_;
};

}  // namespace nexus::backup
