// The entries that this node has read and Redis does not yet know to be done with, and the jobs
// that they are about. Bounded, so that memory is too, however long the queue. Threads: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "queue/outbox_item.hpp"

namespace nexus::queue {

class InFlight {
  public:
    // An entry that repeats a job which is still pending: it gets the same result.
    struct Follower {
        std::string entry_id;
        std::string reply_to;
    };

    struct Limits {
        std::size_t entries;
        std::size_t bytes;    // of the entries' jobs
        std::size_t results;  // of jobs that ended and are remembered
        std::size_t result_bytes;
    };

    explicit InFlight(Limits limits) : limits_(limits) {}

    // How many entries may be read now; 0 where the entries or their bytes are at their bound.
    std::size_t room() const;
    // Returns once there is room or the time is over.
    void wait_for_room(std::chrono::milliseconds time);

    // False where the entry is here already: a reconnect reads what is pending again.
    bool begin(const std::string& entry_id, std::size_t bytes);

    enum class Standing { first, repeated, ended };
    struct Place {
        Standing standing;
        std::shared_ptr<const OutboxItem> result;  // of a job that ended
    };
    // `first`: the caller runs the job. `repeated`: the follower gets the result of the one that is
    // here. `ended`: the job ran to its end in this process, whatever Redis remembers of it: after
    // a failover that is less.
    Place lead(const std::string& job_id, Follower follower);

    // The job has its result in Redis. Returns those who wait for the same.
    std::vector<Follower> close(const OutboxItem& finished);
    // The same for a job that never ran here.
    std::vector<Follower> close(const std::string& job_id);
    // The entry is acknowledged and gone from Redis.
    void end(const std::string& entry_id);

    std::size_t size() const;

  private:
    std::size_t room_locked() const;
    std::vector<Follower> close_locked(const std::string& job_id);
    void remember_locked(const OutboxItem& finished);

    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::unordered_map<std::string, std::size_t> entries_;  // entry id → bytes
    std::unordered_map<std::string, std::vector<Follower>> jobs_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::string, std::shared_ptr<const OutboxItem>> results_;  // by job id
    std::deque<std::string> oldest_results_;
    std::size_t result_bytes_ = 0;
};

}  // namespace nexus::queue
