#include "backup/turn_queue.hpp"

#include <poll.h>

#include "base/failure.hpp"

namespace nexus::backup {

TurnQueue::TurnQueue(const std::vector<config::TenantId>& tenants, const tenants::TurnLocks& turns,
                     std::chrono::milliseconds patience, int cancel_fd)
    : turns_(turns), patience_(patience), cancel_fd_(cancel_fd) {
    for (const auto& tenant : tenants)
        line_.push_back({tenant, std::nullopt});
}

std::optional<TurnQueue::Next> TurnQueue::next() {
    int until_another_look_ms = 0;
    for (;;) {
        pollfd cancel{cancel_fd_, POLLIN, 0};
        if (::poll(&cancel, 1, until_another_look_ms) > 0) {
            throw Failure(ErrorCode::cancelled, "the backup was cancelled; nothing was published");
        }
        until_another_look_ms = 100;
        const std::scoped_lock lock(mutex_);
        if (line_.empty()) return std::nullopt;
        if (auto found = take()) return found;
    }
}

void TurnQueue::clear() {
    const std::scoped_lock lock(mutex_);
    line_.clear();
}

// The first whose turn is free, or that was waited for long enough.
std::optional<TurnQueue::Next> TurnQueue::take() {
    const auto now = Clock::now();
    for (std::size_t left = line_.size(); left > 0; --left) {
        Waiting first = std::move(line_.front());
        line_.pop_front();
        auto turn = turns_.try_take(first.tenant);
        if (!first.since) first.since = now;
        if (turn || now - *first.since >= patience_) {
            return Next{std::move(first.tenant), std::move(turn)};
        }
        line_.push_back(std::move(first));
    }
    return std::nullopt;
}

}  // namespace nexus::backup
