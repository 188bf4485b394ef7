// Puts right what backups and restores that died have left of tenants, each in its turn: a runtime
// never stays paused. What is left of a tenant that another node has stays: to put it right may
// start its runtime. Threads: look belongs to one.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "backup/backups.hpp"
#include "backup/journal.hpp"
#include "tenants/place.hpp"
#include "tenants/turn.hpp"

namespace nexus::app {

class Settling {
  public:
    // All must outlive this object, and no turn may begin after it.
    struct Parts {
        const backup::Journal& journal;
        backup::Backups& backups;
        tenants::InTurn in_turn;
        std::function<void(const tenants::TenantEvent&)> tell;
        tenants::PlaceOf place_of;
        std::function<void()> settled;  // something was, and the tenant is to be looked at
    };
    Settling(Parts parts, const config::Settings& settings, Log& log);

    // Asks for the turn of each tenant that something is left of, and waits for none: one that
    // another process is at work for comes when that has ended, or has put it right itself. One
    // that failed is tried again after a while.
    void look() noexcept;

  private:
    using Clock = std::chrono::steady_clock;

    void settle(const tenants::TenantId& tenant, const tenants::Turn& turn) noexcept;
    bool take(const tenants::TenantId& tenant);
    void give_back(const tenants::TenantId& tenant, Clock::duration pause);

    Parts parts_;
    const config::Settings& settings_;
    Log& log_;
    bool unreadable_ = false;  // the journal, at the last look
    std::mutex mutex_;
    std::set<tenants::TenantId> asked_;                   // a turn was asked for and has not ended
    std::map<tenants::TenantId, Clock::time_point> due_;  // those that failed
};

}  // namespace nexus::app
