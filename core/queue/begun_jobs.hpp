// Which jobs this node has begun and not ended, written down before each begins, so that a job that
// takes the process with it is known after the restart, whatever Redis remembers. Threads: any.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/files.hpp"

namespace nexus::queue {

class BegunJobs {
  public:
    // Opens or makes the file `begun` in STATE_DIR, which this process alone uses; a job that it
    // says was begun died with its process. `concurrency` jobs may be begun at once. Throws
    // std::system_error.
    BegunJobs(const Directory& state_dir, unsigned concurrency);
    ~BegunJobs();
    BegunJobs(const BegunJobs&) = delete;
    BegunJobs& operator=(const BegunJobs&) = delete;

    // How many processes ended inside this job.
    int deaths(const std::string& job_id) const;

    // Notes the job before it begins. The note outlives this process; one that is `durable` has
    // reached the disk when this returns, and outlives the machine's power too. Throws
    // std::system_error.
    void begin(const std::string& job_id, bool durable);
    // As if this many processes had ended inside it. Throws std::system_error.
    void condemn(const std::string& job_id, int deaths);
    // The attempt is over. The deaths are remembered for the next one, unless the job is `done`.
    void end(const std::string& job_id, bool done);

  private:
    struct Slot;
    enum class State : unsigned char { free, begun, remembered };

    Slot& slot(std::size_t index) const;
    void load();
    std::size_t take_slot();
    void set_free(std::size_t index);

    UniqueFd fd_;
    std::size_t count_;
    void* memory_ = nullptr;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> slots_;  // of jobs that are begun or remembered
    std::vector<std::size_t> free_;
};

}  // namespace nexus::queue
