// Whether the loops of the program still turn: each beats, and somebody looks. Threads: `add` and
// `stalled` from any; a Beat from one at a time, without a lock.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace nexus {

class Progress {
  public:
    using Clock = std::chrono::steady_clock;

    // A loop's pulse. As long as it lives the loop is expected to beat; it may outlive the
    // Progress.
    class Beat {
      public:
        void beat() noexcept { last_->store(Clock::now().time_since_epoch().count()); }

      private:
        friend class Progress;
        using Last = std::atomic<Clock::rep>;
        explicit Beat(std::shared_ptr<Last> last) : last_(std::move(last)) {}
        std::shared_ptr<Last> last_;
    };

    // Counts as one beat.
    Beat add(std::string name);

    // The name of the loop that has not beaten for the longest time, where that is more than
    // `limit`; nothing where all have.
    std::optional<std::string> stalled(Clock::time_point now, Clock::duration limit) const;

  private:
    struct Entry {
        std::string name;
        std::weak_ptr<const Beat::Last> last;
    };
    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
};

}  // namespace nexus
