// Where a scenario plays: a Redis, a runner with the simulated backend, and a client, all its own.
// Threads: one at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client.hpp"
#include "integration/runner.hpp"
#include "oracle.hpp"
#include "support/redis_server.hpp"
#include "support/temp_dir.hpp"

namespace nexus::faults {

using std::chrono::milliseconds;

class Stage {
  public:
    // `changes` come on top of the runner's environment.
    explicit Stage(test::RedisOptions options = {}, const test::Environment& changes = {});

    // The runner starts, and nobody waits for it.
    void launch();
    // SIGKILL, and when it was.
    void kill();
    // Waits so long. Where the runner ended by itself it is started again, as a supervisor does,
    // and that is a finding.
    void lives_for(milliseconds time);

    // Adds the next jobs of the plan, all that are left where there are fewer.
    void add(std::size_t count);
    std::size_t left() const { return planned.size() - evidence.jobs.size(); }

    // Waits until every job that was added has its result and nothing is left in the queue, or
    // nothing moves any more: what is missing then is for the oracle to say.
    void settle();
    // Waits until `count` more jobs have their result, or `most` is over.
    void progress(std::size_t count, milliseconds most);

    // settle, then ends the runner as an operator does, and judges.
    Verdict finish();
    // The same where the runner has ended.
    Verdict judge();

    // The backend's configuration with its files in this folder, and `more` members of it.
    static std::string backend_config(const test::TempDir& folder, const std::string& more = "");

    test::TempDir folder;
    test::RedisServer redis;
    test::Runner runner;
    Client client;
    std::vector<PlannedJob> planned;
    Evidence evidence;
    std::vector<std::string> findings;  // of the scenario itself

  private:
    bool settled();
    void keep() const;

    std::string log_;  // of all its processes but the last
};

}  // namespace nexus::faults
