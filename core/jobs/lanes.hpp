// One FIFO per tenant over a fixed number of workers: tasks of one lane run one at a time and in
// the order in which they came, tasks of different lanes side by side. A task that wants to run
// again keeps its place and, while it waits, no worker. Threads: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace nexus::jobs {

class Lanes {
  public:
    // How long until the same task is to run again; nothing where it is done.
    using Again = std::optional<std::chrono::milliseconds>;
    using Task = std::function<Again()>;  // must not throw

    explicit Lanes(unsigned workers);
    // Drops what waits and joins what runs.
    ~Lanes();
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    void push(const std::string& lane, Task task);

    // A lane whose next task waits for a time waits no longer.
    void hurry(const std::string& lane);

    // From now on nothing begins that has not begun.
    void close();

    // Whether nothing runs any more at `deadline`; returns as soon as that is so.
    bool wait_idle(std::chrono::steady_clock::time_point deadline);

    std::size_t running() const;

  private:
    using Clock = std::chrono::steady_clock;

    void work();
    void wait_for_turn(std::unique_lock<std::mutex>& lock);
    void wait_for_work(std::unique_lock<std::mutex>& lock);
    bool ask_for_worker();
    void wake_due();
    void give_back(const std::string& name, Task task, Again again);

    mutable std::mutex mutex_;
    std::condition_variable ready_changed_;
    std::condition_variable idle_;
    std::map<std::string, std::deque<Task>>
        lanes_;                      // a lane is here while it has a task waiting or running
    std::deque<std::string> ready_;  // lanes whose next task may begin
    std::multimap<Clock::time_point, std::string> later_;  // lanes whose next task waits for a time
    std::size_t running_ = 0;
    std::size_t sleeping_ = 0;  // workers
    bool waking_ = false;       // one of them was woken and has not looked around yet
    bool closed_ = false;
    bool ended_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace nexus::jobs
