#include "queue/in_flight.hpp"

namespace nexus::queue {

InFlight::InFlight(std::size_t most_entries, std::size_t most_bytes)
    : most_entries_(most_entries), most_bytes_(most_bytes) {}

std::size_t InFlight::room_locked() const {
    if (bytes_ >= most_bytes_ || entries_.size() >= most_entries_) return 0;
    return most_entries_ - entries_.size();
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

bool InFlight::lead(const std::string& job_id, Follower follower) {
    const std::scoped_lock lock(mutex_);
    const auto [place, first] = jobs_.try_emplace(job_id);
    if (!first) place->second.push_back(std::move(follower));
    return first;
}

std::vector<InFlight::Follower> InFlight::close(const std::string& job_id) {
    const std::scoped_lock lock(mutex_);
    const auto place = jobs_.find(job_id);
    if (place == jobs_.end()) return {};
    auto followers = std::move(place->second);
    jobs_.erase(place);
    return followers;
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
