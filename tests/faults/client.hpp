// The producer of a run, and its reader of results: a connection to Redis that outlives whatever
// happens to Redis. Threads: one at a time.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "records.hpp"
#include "redis/connection.hpp"
#include "workload.hpp"

namespace nexus::faults {

class Client {
  public:
    // `where` is asked before every connection. Calls throw redis::Error where Redis stays away for
    // a minute.
    explicit Client(std::function<redis::Endpoint()> where) : where_(std::move(where)) {}

    redis::Reply call(const redis::Command& command);

    // Adds jobs to the intake in their order. Where an answer is lost they are added once more,
    // which their ids make harmless.
    void add(std::span<const PlannedJob> jobs);

    // All results so far, in the order of their stream, also those of a stream that was flushed
    // after they were read.
    const std::vector<Result>& results();
    // How many jobs have one.
    std::size_t answered() { return results(), answered_.size(); }

    // Entries that are neither routed nor done.
    std::size_t backlog(const std::string& node);
    std::set<std::string> placed();

    // Everything in Redis goes, in one step. Returns the ids of the jobs that had not been routed;
    // results that had come are among results().
    std::set<std::string> flush();

  private:
    template <typename Use>
    auto with(Use use);
    void take_results(const redis::Reply& entries);

    std::function<redis::Endpoint()> where_;
    std::optional<redis::Connection> connection_;
    std::vector<Result> results_;
    std::set<std::string> answered_;
    std::string last_result_ = "0-0";
};

}  // namespace nexus::faults
