#include "app/settling.hpp"

#include <poll.h>

#include <utility>

namespace nexus::app {

Settling::Settling(Parts parts, const config::Settings& settings, Log& log)
    : parts_(std::move(parts)), settings_(settings), log_(log) {}

void Settling::look() noexcept {
    try {
        for (const auto& tenant : parts_.journal.list()) {
            if (parts_.place_of(tenant) != tenants::Place::here || !take(tenant)) continue;
            const bool taken = parts_.in_turn(
                tenant, [this, tenant](const tenants::Turn& turn) { settle(tenant, turn); });
            // A job of the tenant does it first.
            if (!taken) give_back(tenant, Clock::duration::zero());
        }
        unreadable_ = false;
    } catch (const std::exception& error) {
        if (std::exchange(unreadable_, true)) return;
        log_.error("what backups have left of tenants cannot be looked after; trying again",
                   {{"message", error.what()}});
    }
}

void Settling::settle(const tenants::TenantId& tenant, const tenants::Turn& turn) noexcept {
    constexpr std::chrono::seconds before_another_try(10);
    try {
        auto context = tenants::circumstances(tenant, turn, "settle", settings_);
        const bool was_left = parts_.journal.has(tenant);
        parts_.backups.settle(context);
        for (const auto& event : context.take_events())
            parts_.tell(event);
        if (was_left && !parts_.journal.has(tenant)) parts_.settled();
        give_back(tenant, Clock::duration::zero());
    } catch (const std::exception& error) {
        pollfd ending{turn.cancel_fd, POLLIN, 0};
        if (::poll(&ending, 1, 0) == 0) {
            log_.warning("what a backup or a restore has left of a tenant is still to be put right",
                         {{"tenant", tenant.text()}, {"message", error.what()}});
        }
        give_back(tenant, before_another_try);
    }
}

bool Settling::take(const tenants::TenantId& tenant) {
    const std::scoped_lock lock(mutex_);
    const auto due = due_.find(tenant);
    if (due != due_.end() && Clock::now() < due->second) return false;
    return asked_.insert(tenant).second;
}

void Settling::give_back(const tenants::TenantId& tenant, Clock::duration pause) {
    const std::scoped_lock lock(mutex_);
    asked_.erase(tenant);
    if (pause == Clock::duration::zero()) {
        due_.erase(tenant);
    } else {
        due_[tenant] = Clock::now() + pause;
    }
}

}  // namespace nexus::app
