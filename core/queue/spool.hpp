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

    // Each returns once the disk has it. Where it does not take it (a full disk), that is logged
    // once, and what was to be written lives in memory alone.
    void append(const std::vector<const OutboxItem*>& items);
    void replace(const std::vector<const OutboxItem*>& items);

  private:
    template <typename Write>
    void attempt(Write write);

    Directory folder_;
    Log& log_;
    bool failing_ = false;
};

}  // namespace nexus::queue
