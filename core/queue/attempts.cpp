#include "queue/attempts.hpp"

#include <algorithm>

namespace nexus::queue {
namespace {

using std::chrono::milliseconds;

// protocol.md, Delivery.
constexpr int default_attempts = 5;
constexpr milliseconds first_wait = std::chrono::seconds(1);
constexpr milliseconds longest_wait = std::chrono::seconds(60);

}  // namespace

Attempts::Attempts(Ticket ticket) : ticket_(std::move(ticket)), count_(ticket_.attempts_before) {}

int Attempts::begin() {
    if (!started_at_) started_at_ = wall_now();
    return ++count_;
}

std::optional<milliseconds> Attempts::next(const jobs::Outcome& outcome) {
    const int most = ticket_.job.max_attempts.value_or(default_attempts);
    if (!outcome.error || !outcome.error->retryable() || count_ >= most) return std::nullopt;
    if (!backoff_) backoff_.emplace(milliseconds(0), first_wait, longest_wait);
    const milliseconds wait = backoff_->next();
    const auto& deadline = ticket_.job.deadline;
    if (!deadline) return wait;
    return std::clamp<milliseconds>(*deadline - wall_now(), milliseconds(0), wait);
}

}  // namespace nexus::queue
