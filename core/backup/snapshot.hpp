// A run of the backup: every tenant of the node, or one. Threads: any.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/capture.hpp"
#include "backup/run_store.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::backup {

class Snapshot {
  public:
    // All must outlive it.
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
        const BackupDir& dir;
        const tenants::TurnLocks& turns;
        const Journal& journal;
    };
    // `patience`: how long a tenant is waited for that another process works on.
    Snapshot(Parts parts, const config::Settings& settings, std::string runner_version, Log& log,
             std::chrono::milliseconds patience = std::chrono::minutes(15));

    // How far a run is.
    struct Progress {
        std::size_t done = 0;
        std::size_t all = 0;
        std::size_t failed = 0;
        std::int64_t bytes = 0;  // of tars, so far
    };
    // Called by one thread at a time.
    using Report = std::function<void(const Progress&)>;

    // Every tenant that has a folder here, min(processors, 4) at a time, each in its turn; one that
    // is deleted is left out, and one of which only a container is here has failed. What of it
    // failed is in the result. Its blobs are verified before the run exists. Throws Failure where
    // nothing could be done at all, and then no run exists: the engine is away, there is no room,
    // or nothing could be kept of any tenant; `cancel_fd` ends it so. The caller has
    // BackupDir::lock.
    Run of_node(const Capture::Options& options, int cancel_fd, const Report& report) const;

    // The same for one tenant, which need not be alone: its turn and the blobs are taken here.
    Run of_one(const TenantId& tenant, const Capture::Options& options, int cancel_fd,
               const Report& report) const;

    // One tenant, in whose turn the caller is. Throws Failure where a part failed as well, and then
    // no run exists.
    Run of_tenant(const Capture::Options& options, const tenants::JobContext& context) const;

  private:
    class Draft;
    class Work;
    using Known = std::map<TenantId, TenantBackup>;

    Run of(const std::vector<TenantId>& tenants, const std::string& scope, const Known& known,
           const Capture::Options& options, int cancel_fd, const Report& report) const;
    CallContext call(int cancel_fd) const;
    void add_lost(std::vector<TenantId>& tenants, int cancel_fd) const;
    void leave_out_elsewhere(std::vector<TenantId>& tenants) const;
    void require_room(const Known& known, std::size_t at_once) const;
    bool is_here(const TenantId& tenant) const;
    // Why it cannot be backed up, where it should be here and is not. In its turn.
    std::optional<Failure> lost(const TenantId& tenant, int cancel_fd) const;
    void require_here(const TenantId& tenant) const;

    const Parts parts_;
    const config::Settings& settings_;
    const std::string runner_version_;
    Log& log_;
    const std::chrono::milliseconds patience_;
    const BlobStore blobs_;
    const RunStore runs_;
    const Capture capture_;
};

}  // namespace nexus::backup
