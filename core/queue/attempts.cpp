#include "queue/attempts.hpp"

#include <algorithm>

namespace nexus::queue {
namespace {

using std::chrono::milliseconds;

// protocol.md, Delivery.
constexpr milliseconds first_wait = std::chrono::seconds(1);
constexpr milliseconds longest_wait = std::chrono::seconds(60);

}  // namespace

Attempts::Attempts(Ticket ticket) : ticket_(std::move(ticket)), count_(ticket_.attempts_before) {}

Attempts::Switch Attempts::begin() {
    const std::scoped_lock lock(mutex_);
    if (phase_ == Phase::ended) return nullptr;
    phase_ = Phase::running;
    switch_ = std::make_shared<CancelSource>();
    if (!started_at_) started_at_ = wall_now();
    ++count_;
    return switch_;
}

std::optional<milliseconds> Attempts::next(const jobs::Outcome& outcome) {
    const std::scoped_lock lock(mutex_);
    switch_.reset();
    const auto wait = wait_after(outcome);
    phase_ = wait ? Phase::waiting : Phase::ended;
    return wait;
}

std::optional<milliseconds> Attempts::wait_after(const jobs::Outcome& outcome) {
    const int most = ticket_.job.most_attempts();
    if (!outcome.error || !outcome.error->retryable() || cancel_wanted_ || count_ >= most)
        return std::nullopt;
    if (!backoff_) backoff_.emplace(milliseconds(0), first_wait, longest_wait);
    const milliseconds wait = backoff_->next();
    const auto& deadline = ticket_.job.deadline;
    if (!deadline) return wait;
    return std::clamp<milliseconds>(*deadline - wall_now(), milliseconds(0), wait);
}

Attempts::Cancelled Attempts::cancel() {
    const std::scoped_lock lock(mutex_);
    switch (phase_) {
        case Phase::waiting:
            phase_ = Phase::ended;
            return Cancelled::before_it_ran;
        case Phase::running:
            cancel_wanted_ = true;
            switch_->cancel();
            return Cancelled::while_it_ran;
        case Phase::ended:
            break;
    }
    return Cancelled::too_late;
}

void Attempts::interrupt() {
    const std::scoped_lock lock(mutex_);
    if (switch_) switch_->cancel();
}

bool Attempts::cancel_wanted() const {
    const std::scoped_lock lock(mutex_);
    return cancel_wanted_;
}

}  // namespace nexus::queue
