#include "queue/in_flight.hpp"

namespace nexus::queue {

std::size_t InFlight::room_locked() const {
    if (bytes_ >= limits_.bytes || entries_.size() >= limits_.entries) return 0;
    return limits_.entries - entries_.size();
}

std::size_t InFlight::room() const {
    const std::scoped_lock lock(mutex_);
    return room_locked();
}

void InFlight::wait_for_room(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    freed_.wait_for(lock, time, [this] { return room_locked() > 0; });
}

bool InFlight::begin(const std::string& entry_id, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    if (!entries_.emplace(entry_id, bytes).second) return false;
    bytes_ += bytes;
    return true;
}

InFlight::Place InFlight::lead(const std::string& job_id, Follower follower) {
    const std::scoped_lock lock(mutex_);
    if (const auto known = results_.find(job_id); known != results_.end()) {
        return {Standing::ended, known->second};
    }
    const auto [place, first] = jobs_.try_emplace(job_id);
    if (first) return {Standing::first, nullptr};
    place->second.push_back(std::move(follower));
    return {Standing::repeated, nullptr};
}

std::vector<InFlight::Follower> InFlight::close(const OutboxItem& finished) {
    const std::scoped_lock lock(mutex_);
    remember_locked(finished);
    return close_locked(finished.job_id);
}

std::vector<InFlight::Follower> InFlight::close(const std::string& job_id) {
    const std::scoped_lock lock(mutex_);
    return close_locked(job_id);
}

std::vector<InFlight::Follower> InFlight::close_locked(const std::string& job_id) {
    const auto place = jobs_.find(job_id);
    if (place == jobs_.end()) return {};
    auto followers = std::move(place->second);
    jobs_.erase(place);
    return followers;
}

// A failure is not remembered: its dead letter may be put back into the queue.
void InFlight::remember_locked(const OutboxItem& finished) {
    if (finished.state == "failed") return;
    const auto [place, fresh] =
        results_.try_emplace(finished.job_id, std::make_shared<const OutboxItem>(finished));
    if (!fresh) return;
    oldest_results_.push_back(finished.job_id);
    result_bytes_ += finished.bytes();
    while (oldest_results_.size() > limits_.results || result_bytes_ > limits_.result_bytes) {
        const auto gone = results_.find(oldest_results_.front());
        result_bytes_ -= gone->second->bytes();
        results_.erase(gone);
        oldest_results_.pop_front();
    }
}

void InFlight::end(const std::string& entry_id) {
    {
        const std::scoped_lock lock(mutex_);
        const auto place = entries_.find(entry_id);
        if (place == entries_.end()) return;
        bytes_ -= place->second;
        entries_.erase(place);
    }
    freed_.notify_one();
}

std::size_t InFlight::size() const {
    const std::scoped_lock lock(mutex_);
    return entries_.size();
}

}  // namespace nexus::queue
