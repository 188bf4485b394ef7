#include "jobs/lanes.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "support/wait_until.hpp"

using namespace nexus::jobs;
using std::chrono::seconds;

TEST_CASE("tasks of one lane run one at a time and in order, whatever the workers") {
    std::vector<int>
        order;  // guarded by the lane itself: a data race here is a failure of the lane
    std::atomic<int> done = 0;
    Lanes lanes(4);
    for (int i = 0; i < 500; ++i) {
        lanes.push("acme", [&, i] {
            order.push_back(i);
            ++done;
        });
    }
    nexus::test::wait_until([&] { return done == 500; }, seconds(20), "all tasks run");
    for (int i = 0; i < 500; ++i)
        CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a lane that waits does not hold another up") {
    std::atomic<bool> release = false;
    std::atomic<bool> other = false;
    Lanes lanes(2);
    lanes.push("slow", [&] {
        while (!release)
            std::this_thread::yield();
    });
    lanes.push("slow", [] {});
    lanes.push("quick", [&] { other = true; });
    nexus::test::wait_until([&] { return other.load(); }, seconds(10), "the other lane runs");
    release = true;
}

TEST_CASE("after close nothing begins, and what runs is waited for") {
    std::atomic<bool> release = false;
    std::atomic<bool> begun = false;
    std::atomic<bool> second = false;
    Lanes lanes(1);
    lanes.push("acme", [&] {
        begun = true;
        while (!release)
            std::this_thread::yield();
    });
    lanes.push("acme", [&] { second = true; });
    nexus::test::wait_until([&] { return begun.load(); }, seconds(10), "the first begins");
    lanes.close();
    CHECK_FALSE(lanes.wait_idle(std::chrono::steady_clock::now() + std::chrono::milliseconds(20)));
    CHECK(lanes.running() == 1);
    release = true;
    CHECK(lanes.wait_idle(std::chrono::steady_clock::now() + seconds(10)));
    CHECK_FALSE(second);
}
