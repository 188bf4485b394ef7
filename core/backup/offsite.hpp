// The copies of runs that restic keeps elsewhere, where RESTIC_REPOSITORY is in the environment. A
// snapshot a tenant, of its uncompressed tars and what run.json says of it: compressed ones would
// share nothing with those of the night before. Threads: any, one at a time for each BackupDir.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backup/backup_dir.hpp"
#include "backup/manifest.hpp"
#include "backup/restic.hpp"

namespace nexus::backup {

// A tenant's backup that came back: a BACKUP_DIR of its own within the other's tmp/, of one run
// with one tenant, whose blobs are what the run says; removed with this object. The runs of this
// node stay what they were, so that "latest" of the next restore is still their newest.
class Fetched {
  public:
    explicit Fetched(const BackupDir& within, int cancel_fd);
    Fetched(const Fetched&) = delete;
    Fetched& operator=(const Fetched&) = delete;
    ~Fetched();

    const BackupDir& dir() const noexcept { return *dir_; }
    const std::string& snapshot() const noexcept { return snapshot_; }  // the run's id

  private:
    friend class Offsite;
    const Directory& tmp_;
    const UniqueFd shared_;  // no prune removes it meanwhile
    const std::string name_;
    std::unique_ptr<BackupDir> dir_;
    std::string snapshot_;
};

class Offsite {
  public:
    static bool configured() { return Restic::has_repository(); }

    // `dir` must outlive it. Where it cannot go on, its methods throw Failure: `cancelled` once
    // `cancel_fd` is readable, `exhausted`, `snapshot_not_found`, `snapshot_corrupt`, and
    // `internal` where restic says no; and std::system_error.
    Offsite(const BackupDir& dir, int cancel_fd);

    using Report = std::function<void(const std::string& what)>;  // how far it is, for people

    struct Sent {
        std::int64_t bytes = 0;  // new in the repository
        std::vector<TenantId> failed;
        std::vector<std::string> problems;  // a sentence each
    };
    // Every tenant of the run with all parts kept, and of a run over the whole node its run.json as
    // well, once no other process sends. Trouble with one tenant stops no other; trouble with
    // several in a row stops all. Throws Failure `cancelled` alone.
    Sent send(const Run& run, const Report& report) const;

    // The run of this id, or for "latest" the newest that has the tenant.
    std::unique_ptr<Fetched> fetch(const TenantId& tenant, const std::string& snapshot,
                                   const Report& report) const;

    // Those that the node had in the run of this id, or for "latest" in its newest.
    std::vector<TenantId> tenants(const std::string& node, const std::string& snapshot) const;

  private:
    std::int64_t send_tenant(const Run& run, const TenantBackup& backup) const;
    std::int64_t send_list(const Run& run) const;
    void require_room(const TenantBackup& backup) const;
    void take_in(const Run& run, const TenantBackup& backup, const Directory& from,
                 const BackupDir& into) const;

    const BackupDir& dir_;
    const int cancel_fd_;
    const Restic restic_;
};

}  // namespace nexus::backup
