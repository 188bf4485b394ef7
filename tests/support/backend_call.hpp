// The circumstances of one call of a backend, as a test needs them. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>

namespace nexus::test {

// How late the end of a call may come that is over: a second by its contract (nexus/backend.hpp),
// and what a busy machine adds to it. What a test lets such a call wait for lasts longer.
constexpr std::chrono::seconds soon(10);

// A call that has this long, and one that can be cancelled as well.
CallContext within(std::chrono::milliseconds time);

class Cancellation {
  public:
    Cancellation();
    Cancellation(const Cancellation&) = delete;
    Cancellation& operator=(const Cancellation&) = delete;
    ~Cancellation();
    void cancel() const;
    CallContext within(std::chrono::milliseconds time) const;

  private:
    int fd_;
};

}  // namespace nexus::test
