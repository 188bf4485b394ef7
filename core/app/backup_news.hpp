// Tells the world of the backups that the command line made, each once, also where this process did
// not run meanwhile. Threads: one at a time.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "base/log.hpp"
#include "tenants/event.hpp"

namespace nexus::app {

class BackupNews {
  public:
    struct Outside {
        std::function<void(const tenants::TenantEvent&)> tell;
        std::function<std::size_t()> waiting;  // what was told and is not delivered yet
    };
    // What was told is in `state_dir`. `node` is whose runs count, as NODE_NAME.
    BackupNews(const std::string& state_dir, std::string node, Outside outside, Log& log);

    // Tells of what is new in `dir`; nothing: there is no BACKUP_DIR. The very first look of a node
    // takes what is there for told. Ends early where `stop` is cancelled, and goes on with the next
    // look. Throws std::system_error.
    void look(const backup::BackupDir* dir, const CancelSource& stop);

    // Whether a run that had only begun at the last look exists now. `runs`: the folder's path.
    bool has_come(const std::string& runs) const;

  private:
    struct Told {
        std::string last;            // the newest id that was seen
        std::set<std::string> open;  // older ones that did not exist then
        bool operator==(const Told&) const = default;
    };
    std::optional<Told> load() const;
    void save(const Told& told);
    bool tell(const backup::RunStore& runs, const std::string& id, const CancelSource& stop);
    bool may_tell(const CancelSource& stop) const;

    Directory folder_;
    const std::string node_;
    Outside outside_;
    Log& log_;
    std::optional<Told> told_;  // as on disk
};

}  // namespace nexus::app
