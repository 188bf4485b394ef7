// The way in: routes what producers added, reads what is this node's, and hands on who is to be
// cancelled. Threads: run belongs to one; rejoin may be called from any.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "queue/admission.hpp"
#include "queue/runs.hpp"
#include "redis/session.hpp"

namespace nexus::queue {

class Intake {
  public:
    // Every reference must outlive this. `on_fenced` is called from run's thread where the lease
    // turns out to be another's; nothing is read after that.
    Intake(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
           Admission& admission, Runs& runs, const CancelSource& stop, Log& log,
           std::function<void(const std::string&)> on_fenced);

    // Reads until `stop` is cancelled, which is the session's stop descriptor too.
    void run(Progress::Beat& beat);

    // Whether all that an earlier process had begun is in its tenants' turns.
    bool caught_up() const noexcept { return caught_up_; }

    // Redis lost its data: streams and groups are made again before the next read.
    void rejoin() noexcept { joined_ = false; }

  private:
    void turn(redis::Connection& connection);
    void join(redis::Connection& connection);
    bool pull_once(redis::Connection& connection);
    void wait_for_entries(redis::Connection& connection);

    redis::Session& session_;
    const Keys& keys_;
    const Lease& lease_;
    InFlight& in_flight_;
    Admission& admission_;
    Runs& runs_;
    const CancelSource& stop_;
    Log& log_;
    std::function<void(const std::string&)> on_fenced_;
    std::atomic<bool> joined_ = false;
    std::atomic<bool> caught_up_ = false;
    bool knows_gone_ = false;
    bool broken_ = false;  // the last turn did not come to its end
    PullPosition position_{oldest, oldest, oldest};
};

}  // namespace nexus::queue
