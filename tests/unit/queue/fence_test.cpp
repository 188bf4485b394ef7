#include "queue/fence.hpp"

#include <doctest/doctest.h>

#include <thread>

using nexus::CancelSource;
using nexus::queue::Fence;
using std::chrono::seconds;

namespace {

std::atomic<std::chrono::nanoseconds> now{seconds(100)};

void pass(seconds time) {
    now = now.load() + time;
}

Fence awake() {
    return Fence([] { return now.load(); });
}

}  // namespace

TEST_CASE("a process that is awake may act, whatever is known of the lease") {
    Fence fence = awake();
    for (int i = 0; i < 60; ++i) {
        pass(seconds(1));
        fence.tick();
    }
    CHECK(fence.sleeps() == 0);
    CHECK(fence.wait(CancelSource()));
    CHECK(Fence().wait(CancelSource()));
}

TEST_CASE("one that slept may not act before the lease was asked for again") {
    Fence fence = awake();
    CancelSource lost;
    lost.cancel();
    const auto before = fence.sleeps();
    pass(seconds(20));
    CHECK_FALSE(fence.wait(lost));  // nothing has ticked since
    fence.tick();
    CHECK_FALSE(fence.wait(lost));
    fence.confirm(before);  // an answer to a question from before the sleep
    CHECK_FALSE(fence.wait(lost));
    std::thread lease([&fence] { fence.confirm(fence.sleeps()); });
    CHECK(fence.wait(CancelSource()));
    lease.join();
}
