// The circumstances of one run of a job, from which every call to the backend takes its deadline
// and its cancel switch, and what the world is to hear of it however it ends. Threads: the one that
// runs the job; `cancel_fd` may become readable at any time.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <nexus/backend.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tenants/event.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

class JobContext {
  public:
    using Clock = std::chrono::steady_clock;

    // `timeout` bounds the whole job but for its slow calls; `last` is the moment of the job's own
    // deadline. `permit` throws where this process may not call the backend any more.
    JobContext(
        AppliedJob job, TenantId tenant, Clock::duration timeout, Clock::time_point last,
        int cancel_fd, std::function<void()> permit = [] {}, bool last_attempt = false)
        : job_(std::move(job)),
          tenant_(std::move(tenant)),
          deadline_(Clock::now() + timeout),
          last_(last),
          cancel_fd_(cancel_fd),
          permit_(std::move(permit)),
          last_attempt_(last_attempt) {}

    const AppliedJob& job() const noexcept { return job_; }
    const TenantId& tenant() const noexcept { return tenant_; }
    // Throws where this process may act for its node no more.
    const std::function<void()>& permit() const noexcept { return permit_; }
    int cancel_fd() const noexcept { return cancel_fd_; }
    Clock::time_point deadline() const noexcept { return std::min(deadline_, last_); }

    CallContext call() const { return until(deadline()); }

    // For one call that has a time of its own, such as a pull, or the copy of a volume: what it
    // takes is given back to the job by `extend`.
    CallContext slow_call(Clock::duration timeout) const {
        return until(std::min(Clock::now() + timeout, last_));
    }
    void extend(Clock::duration by) { deadline_ += by; }

    // What was begun is put right, in `time`, also where the job has been cancelled or is overdue.
    JobContext cleanup(Clock::duration time) const {
        return {job_, tenant_, time, Clock::now() + time, -1, permit_};
    }
    // Whatever fails now, there is no other attempt.
    bool is_last() const { return last_attempt_ || Clock::now() >= last_; }

    void tell(TenantEvent event) { events_.push_back(std::move(event)); }
    std::vector<TenantEvent> take_events() { return std::exchange(events_, {}); }

  private:
    CallContext until(Clock::time_point deadline) const {
        permit_();
        return {deadline, cancel_fd_, job_.id, tenant_.text()};
    }

    AppliedJob job_;
    TenantId tenant_;
    Clock::time_point deadline_;
    Clock::time_point last_;
    int cancel_fd_;
    std::function<void()> permit_;
    bool last_attempt_;
    std::vector<TenantEvent> events_;
};

}  // namespace nexus::tenants
