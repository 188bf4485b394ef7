// The entries that this node has read and Redis does not yet know to be done with. Bounded, so that
// memory is too, however long the queue. Threads: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace nexus::queue {

class InFlight {
  public:
    // An entry that repeats a job which is still pending: it gets the same result.
    struct Follower {
        std::string entry_id;
        std::string reply_to;
    };

    InFlight(std::size_t most_entries, std::size_t most_bytes);

    // How many entries may be read now; 0 where the entries or their bytes are at their bound.
    std::size_t room() const;
    // Returns once there is room or the time is over.
    void wait_for_room(std::chrono::milliseconds time);

    // False where the entry is here already: a reconnect reads what is pending again.
    bool begin(const std::string& entry_id, std::size_t bytes);
    // True where no other entry with this job id is here: the caller runs the job. False: it
    // follows the one that is.
    bool lead(const std::string& job_id, Follower follower);
    // The job has its result in Redis. Returns those who wait for the same.
    std::vector<Follower> close(const std::string& job_id);
    // The entry is acknowledged and gone from Redis.
    void end(const std::string& entry_id);

    std::size_t size() const;

  private:
    std::size_t room_locked() const;

    const std::size_t most_entries_;
    const std::size_t most_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::map<std::string, std::size_t> entries_;  // entry id → bytes
    std::map<std::string, std::vector<Follower>> jobs_;
    std::size_t bytes_ = 0;
};

}  // namespace nexus::queue
