// What the runs in BACKUP_DIR say of this node's backups, for /metrics. What was read once is not
// read again. Threads: one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "backup/run_store.hpp"
#include "base/log.hpp"
#include "http/status_source.hpp"

namespace nexus::app {

class BackupFacts {
  public:
    // `node`: whose runs count, as NODE_NAME.
    BackupFacts(std::string node, Log& log) : node_(std::move(node)), log_(log) {}

    // From the newest run back to the newest that is good in every way. Throws std::system_error.
    http::BackupMetrics read(const backup::RunStore& runs);

  private:
    struct Summary {
        http::BackupRunMetrics metrics;
        bool complete = false;   // nothing is missing or torn
        bool has_every = false;  // tenant: nothing is missing
    };
    // Nothing: it is not of the whole node, or not of this one, or cannot be read.
    using Known = std::optional<Summary>;
    Known summary(const backup::RunStore& runs, const std::string& id) const;
    bool is_verified(const backup::RunStore& runs, const std::string& id) const;

    const std::string node_;
    Log& log_;
    std::map<std::string, Known> known_;  // by the id
};

}  // namespace nexus::app
