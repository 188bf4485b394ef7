// Two ways to let callers through one after another. Threads: any number at once; a place that was
// given back wakes one that waits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nexus/backend.hpp>
#include <set>
#include <string>

namespace nexus::engine {

// What was entered; leaving scope gives it back. Must not outlive where it came from.
class [[nodiscard]] Permit {
  public:
    explicit Permit(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { give_back_(); }

  private:
    std::function<void()> give_back_;
};

// At most `places` at once.
class Gate {
  public:
    explicit Gate(std::int64_t places) : free_(places) {}
    // Throws BackendError `timeout` or `cancelled`; `what` is what others are doing inside.
    Permit enter(const CallContext& ctx, std::string_view what);

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::int64_t free_;
};

// At most one at once for each name.
class NameLocks {
  public:
    // Throws like Gate::enter.
    Permit enter(const CallContext& ctx, const std::string& name, std::string_view what);

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> held_;
};

}  // namespace nexus::engine
