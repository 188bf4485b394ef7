// What waits for Redis, on disk: lines of JSON in STATE_DIR/spool, in the order in which they are
// to leave. Threads: one at a time.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/log.hpp"
#include "queue/outbox_item.hpp"

namespace nexus::queue {

class Spool {
  public:
    // `state_dir` is this process's alone.
    Spool(Directory state_dir, Log& log) : folder_(std::move(state_dir)), log_(log) {}

    // What an earlier process left. A line that a crash cut short, or that is damaged, is passed
    // over and told in the log.
    std::vector<OutboxItem> load() const;

    // Each returns once the disk has it. False where it does not take it, as a full one: that is
    // logged once, and what was to be written is in memory alone.
    bool append(const std::vector<const OutboxItem*>& items);
    bool replace(const std::vector<const OutboxItem*>& items);

  private:
    template <typename Write>
    bool attempt(Write write);

    Directory folder_;
    Log& log_;
    bool failing_ = false;
};

}  // namespace nexus::queue
