#include "jobs/lanes.hpp"

#include <algorithm>

namespace nexus::jobs {

Lanes::Lanes(unsigned workers) {
    for (unsigned i = 0; i < workers; ++i)
        workers_.emplace_back([this] { work(); });
}

Lanes::~Lanes() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = ended_ = true;
    }
    ready_changed_.notify_all();
    for (auto& worker : workers_)
        worker.join();
}

void Lanes::push(const std::string& lane, Task task) {
    {
        const std::scoped_lock lock(mutex_);
        auto [place, fresh] = lanes_.try_emplace(lane);
        place->second.push_back(std::move(task));
        if (!fresh) return;
        ready_.push_back(lane);
        if (!ask_for_worker()) return;
    }
    ready_changed_.notify_one();
}

void Lanes::hurry(const std::string& lane) {
    {
        const std::scoped_lock lock(mutex_);
        const auto waiting = std::find_if(later_.begin(), later_.end(), [&lane](const auto& entry) {
            return entry.second == lane;
        });
        if (waiting == later_.end()) return;
        later_.erase(waiting);
        ready_.push_back(lane);
        if (!ask_for_worker()) return;
    }
    ready_changed_.notify_one();
}

// Whether one more worker is to be woken, with mutex_ held. One at a time, and each wakes the next
// where there is more to do: a burst of short tasks is done by the few that are awake already, for
// waking a thread costs more than such a task.
bool Lanes::ask_for_worker() {
    if (sleeping_ == 0 || waking_) return false;
    waking_ = true;
    return true;
}

void Lanes::close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
}

bool Lanes::wait_idle(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return idle_.wait_until(lock, deadline, [this] { return running_ == 0; });
}

std::size_t Lanes::running() const {
    const std::scoped_lock lock(mutex_);
    return running_;
}

void Lanes::wake_due() {
    const auto now = Clock::now();
    for (auto due = later_.begin(); due != later_.end() && due->first <= now;
         due = later_.erase(due))
        ready_.push_back(std::move(due->second));
}

void Lanes::wait_for_turn(std::unique_lock<std::mutex>& lock) {
    while (!ended_) {
        wake_due();
        if (!closed_ && !ready_.empty()) {
            // Somebody must watch the clock too while this worker is busy.
            const bool more = ready_.size() > 1 || !later_.empty();
            if (more && ask_for_worker()) ready_changed_.notify_one();
            return;
        }
        wait_for_work(lock);
    }
}

void Lanes::wait_for_work(std::unique_lock<std::mutex>& lock) {
    ++sleeping_;
    if (closed_ || later_.empty()) {
        ready_changed_.wait(lock);
    } else {
        // A copy: the lane may be another worker's by the time that this one looks again.
        const auto due = later_.begin()->first;
        ready_changed_.wait_until(lock, due);
    }
    --sleeping_;
    waking_ = false;
}

void Lanes::give_back(const std::string& name, Task task, Again again) {
    auto& lane = lanes_.at(name);
    if (again) {
        lane.push_front(std::move(task));
        later_.emplace(Clock::now() + *again, name);
    } else if (lane.empty()) {
        lanes_.erase(name);
    } else {
        ready_.push_back(name);
    }
}

void Lanes::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wait_for_turn(lock);
        if (ended_) return;
        const std::string name = std::move(ready_.front());
        ready_.pop_front();
        // A node of a map stays where it is, and only the worker that took the lane removes it.
        auto& lane = lanes_.at(name);
        Task task = std::move(lane.front());
        lane.pop_front();
        ++running_;
        lock.unlock();
        const Again again = task();
        if (!again) task = nullptr;  // what it holds goes before the lane is free for the next
        lock.lock();
        --running_;
        give_back(name, std::move(task), again);
        if (running_ == 0) idle_.notify_all();
    }
}

}  // namespace nexus::jobs
