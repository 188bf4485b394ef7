#include "support/wait_until.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace nexus::test {

bool holds_within(std::chrono::milliseconds deadline, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

void wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline,
                const std::string& what) {
    if (!holds_within(deadline, condition)) {
        FAIL("not within ", deadline.count(), " ms: ", what);
    }
}

}  // namespace nexus::test
