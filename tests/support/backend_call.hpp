// The circumstances of one call of a backend, as a test needs them. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>

namespace nexus::test {

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
