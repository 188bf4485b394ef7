#include "jobs/lanes.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <utility>

#include "support/wait_until.hpp"

using namespace nexus::jobs;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A task that is done after one run.
Lanes::Task once(std::function<void()> work) {
    return [work = std::move(work)]() -> Lanes::Again {
        work();
        return std::nullopt;
    };
}

}  // namespace

TEST_CASE("tasks of one lane run one at a time and in order, whatever the workers") {
    std::vector<int>
        order;  // guarded by the lane itself: a data race here is a failure of the lane
    std::atomic<int> done = 0;
    Lanes lanes(4);
    for (int i = 0; i < 500; ++i) {
        lanes.push("acme", once([&, i] {
                       order.push_back(i);
                       ++done;
                   }));
    }
    nexus::test::wait_until([&] { return done == 500; }, seconds(20), "all tasks run");
    for (int i = 0; i < 500; ++i)
        CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a lane that waits does not hold another up") {
    std::atomic<bool> release = false;
    std::atomic<bool> other = false;
    Lanes lanes(2);
    lanes.push("slow", once([&] {
                   while (!release)
                       std::this_thread::yield();
               }));
    lanes.push("slow", once([] {}));
    lanes.push("quick", once([&] { other = true; }));
    nexus::test::wait_until([&] { return other.load(); }, seconds(10), "the other lane runs");
    release = true;
}

TEST_CASE("after close nothing begins, and what runs is waited for") {
    std::atomic<bool> release = false;
    std::atomic<bool> begun = false;
    std::atomic<bool> second = false;
    Lanes lanes(1);
    lanes.push("acme", once([&] {
                   begun = true;
                   while (!release)
                       std::this_thread::yield();
               }));
    lanes.push("acme", once([&] { second = true; }));
    nexus::test::wait_until([&] { return begun.load(); }, seconds(10), "the first begins");
    lanes.close();
    CHECK_FALSE(lanes.wait_idle(std::chrono::steady_clock::now() + std::chrono::milliseconds(20)));
    CHECK(lanes.running() == 1);
    release = true;
    CHECK(lanes.wait_idle(std::chrono::steady_clock::now() + seconds(10)));
    CHECK_FALSE(second);
}

TEST_CASE("a task that wants to run again keeps its place, and holds no other lane up") {
    std::vector<std::string> order;
    std::atomic<int> done = 0;
    std::atomic<bool> other = false;
    Lanes lanes(1);
    int tries = 0;
    lanes.push("acme", [&]() -> Lanes::Again {
        order.push_back("first");
        if (++tries < 3) return milliseconds(tries == 1 ? 200 : 0);
        ++done;
        return std::nullopt;
    });
    lanes.push("acme", once([&] {
                   order.push_back("second");
                   ++done;
               }));
    lanes.push("other", once([&] { other = done == 0; }));
    nexus::test::wait_until([&] { return done == 2; }, seconds(20), "both tasks are done");
    CHECK(order == std::vector<std::string>{"first", "first", "first", "second"});
    CHECK(other);
}

TEST_CASE("a task that waits for its next run is dropped at the end") {
    std::atomic<int> runs = 0;
    {
        Lanes lanes(2);
        lanes.push("acme", [&]() -> Lanes::Again {
            ++runs;
            return std::chrono::hours(1);
        });
        nexus::test::wait_until([&] { return runs == 1; }, seconds(10), "it ran once");
        lanes.close();
        CHECK(lanes.wait_idle(std::chrono::steady_clock::now() + seconds(10)));
    }
    CHECK(runs == 1);
}

TEST_CASE("many lanes that wait for one moment all run then") {
    std::atomic<int> done = 0;
    Lanes lanes(4);
    for (int i = 0; i < 100; ++i) {
        lanes.push("t" + std::to_string(i), [&, again = true]() mutable -> Lanes::Again {
            if (std::exchange(again, false)) return milliseconds(50);
            ++done;
            return std::nullopt;
        });
    }
    nexus::test::wait_until([&] { return done == 100; }, seconds(20), "all lanes run again");
}

TEST_CASE("a lane that is held goes on with its release, and holds no other") {
    std::atomic<bool> released = false;
    std::atomic<int> done = 0;
    Lanes lanes(2);
    lanes.push("a", [] { return Lanes::held; });
    lanes.push("a", once([&] {
                   CHECK(released);
                   ++done;
               }));
    lanes.push("b", once([&] { ++done; }));
    nexus::test::wait_until([&] { return done == 1; }, seconds(10), "the other lane goes on");
    released = true;
    lanes.release("a");
    nexus::test::wait_until([&] { return done == 2; }, seconds(10), "the held lane goes on");
    lanes.push("c", [&] {
        lanes.release("c");
        return Lanes::held;
    });
    lanes.push("c", once([&] { ++done; }));
    nexus::test::wait_until([&] { return done == 3; }, seconds(10), "an early release counts");
}

TEST_CASE("a task that falls due runs though those who knew of it are busy") {
    std::atomic<bool> release = false;
    std::atomic<int> busy = 0;
    std::atomic<bool> again = false;
    Lanes lanes(3);
    lanes.push("retry", [&, first = true]() mutable -> Lanes::Again {
        if (std::exchange(first, false)) return milliseconds(200);
        again = true;
        return std::nullopt;
    });
    for (const char* lane : {"one", "other"}) {
        lanes.push(lane, once([&] {
                       ++busy;
                       while (!release)
                           std::this_thread::yield();
                   }));
    }
    nexus::test::wait_until([&] { return busy == 2; }, seconds(10), "two workers are busy");
    nexus::test::wait_until([&] { return again.load(); }, seconds(10), "the third runs the retry");
    release = true;
}

TEST_CASE("every worker is woken where each task takes long") {
    constexpr int workers = 8;
    std::atomic<bool> release = false;
    std::atomic<int> running = 0;
    Lanes lanes(workers);
    for (int i = 0; i < workers; ++i) {
        lanes.push("t" + std::to_string(i), once([&] {
                       ++running;
                       while (!release)
                           std::this_thread::yield();
                   }));
    }
    nexus::test::wait_until([&] { return running == workers; }, seconds(10), "all of them run");
    release = true;
}
