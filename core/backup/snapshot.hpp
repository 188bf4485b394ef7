// A run of the backup: every tenant of the node, or one. Threads: any.
#pragma once

#include <functional>
#include <set>

#include "backup/capture.hpp"
#include "backup/run_store.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::backup {

class Snapshot {
  public:
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
        const BackupDir& dir;
        const tenants::TurnLocks& turns;
        const Journal& journal;
    };
    Snapshot(Parts parts, const config::Settings& settings, std::string runner_version, Log& log);

    // How far a run over many tenants is.
    struct Progress {
        std::size_t done = 0;
        std::size_t all = 0;
        std::size_t failed = 0;
        std::int64_t bytes = 0;  // of tars, so far
    };
    using Report = std::function<void(const Progress&)>;

    // Every tenant that has a folder here, min(processors, 4) at a time, each in its turn; one that
    // is deleted meanwhile is left out. New blobs are verified before the run exists. Throws
    // Failure or std::system_error where nothing could be done at all, and then no run exists;
    // `cancel_fd` ends it so. The caller has BackupDir::lock.
    Run of_node(const Capture::Options& options, int cancel_fd, const Report& report);

    // One tenant, in whose turn the caller is. Throws the same, and Failure where a part failed.
    Run of_tenant(const TenantId& tenant, const Capture::Options& options,
                  tenants::JobContext& context);

  private:
    Parts parts_;
    const config::Settings& settings_;
    const std::string runner_version_;
    Log& log_;
    BlobStore blobs_;
    RunStore runs_;
    Capture capture_;
};

}  // namespace nexus::backup
