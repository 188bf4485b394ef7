// A runner on the engine under test with tenants whose volumes hold all that a backup can lose, and
// a BACKUP_DIR of their own. Threads: one at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "integration/tenant_node.hpp"

namespace nexus::test {

class BackupGround {
  public:
    // What the tenants are called: "<prefix>-0" and so on.
    explicit BackupGround(std::string prefix);
    BackupGround(const BackupGround&) = delete;
    BackupGround& operator=(const BackupGround&) = delete;

    // Provisions so many, with the runner that runs, and fills their volumes.
    const std::vector<std::string>& make_tenants(std::size_t count);
    const std::vector<std::string>& tenants() const noexcept { return tenants_; }

    // The volume's folder on this machine; `what` is "session" or "state".
    std::string folder(const std::string& tenant, const std::string& what) const;
    // Starts a program in the tenant's container that writes to a SQLite database in its state
    // volume without end, in WAL mode or with a rollback journal.
    void write_database(const std::string& tenant, bool wal) const;
    // What SQLite says of the database in the volume's folder, of a copy of it: "ok", and how many
    // rows it has.
    struct Database {
        std::string check;
        long rows = 0;
    };
    Database look_at_database(const std::string& tenant) const;

    // All that does not change by itself, of both volumes and of the tenant's own files.
    using Content = std::map<std::string, std::string>;
    Content content(const std::string& tenant) const;
    std::map<std::string, Content> contents() const;

    // Containers, networks and volumes of all tenants, and TENANT_ROOT; no runner may run.
    void wipe();

    std::string status(const std::string& tenant) const;

    ContainerEngine& engine = ContainerEngine::under_test();
    RedisServer redis;

  private:
    // Before and after all others, what a test that died has left as well. A runner that still runs
    // would make containers again.
    struct Clearing {
        Clearing();
        ~Clearing();
        void clear() const;
        ContainerEngine& engine = ContainerEngine::under_test();
    };
    Clearing clearing_;

  public:
    Runner runner{redis, on_engine(engine)};

  private:
    std::string prefix_;
    TempDir folder_;
    std::vector<std::string> tenants_;
};

}  // namespace nexus::test
