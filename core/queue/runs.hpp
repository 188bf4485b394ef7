// Runs this node's jobs: each in its turn, through its attempts, to its one end. Threads: any.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "config/tenant_id.hpp"
#include "jobs/executor.hpp"
#include "jobs/lanes.hpp"
#include "queue/attempts.hpp"
#include "queue/begun_jobs.hpp"
#include "queue/fence.hpp"
#include "queue/outbox.hpp"
#include "queue/pull.hpp"
#include "tenants/turn.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::queue {

class Runs {
  public:
    // Every reference must outlive this. `node` as NODE_NAME. What runs here has the tenant's turn
    // among the processes of this machine too, and waits for that.
    Runs(std::string node, unsigned concurrency, jobs::Executor& executor,
         const tenants::TurnLocks& turns, BegunJobs& begun, const Fence& fence, Outbox& outbox,
         Log& log);

    void add(Ticket ticket);
    // Runs `work` in the tenant's turn, on one of the workers; it must not throw. False where a job
    // of the tenant waits or runs, and where the process died three times inside such work for it
    // or inside its job: then it is left alone until a job of it succeeds.
    bool in_turn(const config::TenantId& tenant, std::function<void(const tenants::Turn&)> work);

    bool has_job(const config::TenantId& tenant) const;

    // All entries up to this one were added.
    void added(const std::string& entry_id);

    // Ends a job that somebody asked to end. One that is not here is no error.
    void cancel(const std::string& job_id);

    // The end of the job is in Redis, or on disk: the tenant's next job may begin. Until then a
    // crash would do it again, behind the next.
    void safe(const std::string& job_id);

    // Tenants that a job deleted, that no job here is about, and whose placement may still stand.
    std::vector<std::string> gone_tenants() const;
    // One of an earlier process.
    void add_gone(const std::string& tenant);
    void released(const std::vector<std::string>& tenants);

    // From now on nothing begins that has not begun.
    void close() { lanes_.close(); }
    // The same, and what runs ends now; it stays pending for the next start.
    void interrupt();
    // Whether nothing runs any more at `deadline`; returns as soon as that is so.
    bool wait_idle(std::chrono::steady_clock::time_point deadline) {
        return lanes_.wait_idle(deadline);
    }
    std::size_t running() const { return lanes_.running(); }

  private:
    using Again = jobs::Lanes::Again;

    Again run(Attempts& attempts);
    void permit() const;
    bool is_condemned(const config::TenantId& tenant);
    void condemn(const std::string& tenant);
    void absolve(const std::string& tenant);
    Again work_for(const config::TenantId& tenant,
                   const std::function<void(const tenants::Turn&)>& work);
    jobs::Outcome attempt(Attempts& attempts, const CancelSource& cancel);
    void finish(const Attempts& attempts, const jobs::Outcome& outcome, int counted);
    std::string leave(const jobs::Job& job, const jobs::Outcome& outcome);

    const std::string node_;
    jobs::Executor& executor_;
    const tenants::TurnLocks& turns_;
    BegunJobs& begun_;
    const Fence& fence_;
    Outbox& outbox_;
    Log& log_;
    CancelSource interrupted_;
    std::mutex suspects_;  // held by the one suspect that runs
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Attempts>> jobs_;  // by id
    std::map<std::string, std::size_t> tenants_;             // how many of these are about each
    std::map<std::string, std::string> unsafe_;  // ended jobs whose lanes are held, and these
    std::set<std::string> deleted_;              // tenants whose placement may still stand
    std::set<std::string> condemned_;            // tenants of which this was logged
    std::string added_ = oldest;
    jobs::Lanes lanes_;
};

}  // namespace nexus::queue
