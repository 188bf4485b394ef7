// The way in: routes what producers added and reads what is this node's. Threads: run belongs to
// one; rejoin may be called from any.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "queue/admission.hpp"
#include "redis/session.hpp"

namespace nexus::queue {

class Intake {
  public:
    // Every reference must outlive this. `on_fenced` is called from run's thread where the lease
    // turns out to be another's; nothing is read after that.
    Intake(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
           Admission& admission, const CancelSource& stop, Log& log,
           std::function<void(const std::string&)> on_fenced);

    // Reads until `stop` is cancelled, which is the session's stop descriptor too.
    void run(Progress::Beat& beat);

    // Redis lost its data: streams and groups are made again before the next read.
    void rejoin() noexcept { joined_ = false; }

  private:
    void turn(redis::Connection& connection);
    void join(redis::Connection& connection);
    std::vector<Entry> read(redis::Connection& connection, std::size_t room);
    void wait_for_entries(redis::Connection& connection);

    redis::Session& session_;
    const Keys& keys_;
    const Lease& lease_;
    InFlight& in_flight_;
    Admission& admission_;
    const CancelSource& stop_;
    Log& log_;
    std::function<void(const std::string&)> on_fenced_;
    std::atomic<bool> joined_ = false;
    bool broken_ = false;  // the last turn did not come to its end
    std::string
        cursor_;  // where reading goes on: an entry of our own pending list, or ">" for new ones
    std::string last_seen_;  // the newest entry of the node's stream that was read
};

}  // namespace nexus::queue
