#include "engine/gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "unit/engine/fake_engine.hpp"

namespace nexus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a gate lets no more through than it has places") {
    Gate gate(2);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int turn = 0; turn < 50; ++turn) {
                    const Permit permit = gate.enter(within(seconds(30)), "the others");
                    const int now = ++inside;
                    int seen = most;
                    while (seen < now && !most.compare_exchange_weak(seen, now)) {
                    }
                    std::this_thread::yield();
                    --inside;
                }
            });
    }
    CHECK(most <= 2);
    CHECK(inside == 0);
}

TEST_CASE("who waits at a gate leaves with the deadline and with a cancellation") {
    Gate gate(1);
    const Permit permit = gate.enter(within(seconds(1)), "the others");
    const auto late =
        error_of([&] { const Permit p = gate.enter(within(milliseconds(20)), "it"); });
    CHECK(late.code() == Code::timeout);
    CHECK(std::string(late.what()) == "the deadline passed while waiting for it");
    const Cancellation cancellation;
    const std::jthread canceller([&] { cancellation.cancel(); });
    const auto cancelled =
        error_of([&] { const Permit p = gate.enter(cancellation.within(seconds(30)), "it"); });
    CHECK(cancelled.code() == Code::cancelled);
}

TEST_CASE("name locks hold up the same name only") {
    NameLocks locks;
    const Permit a = locks.enter(within(seconds(1)), "a", "it");
    const Permit b = locks.enter(within(seconds(1)), "b", "it");
    CHECK(error_of([&] {
              const Permit p = locks.enter(within(milliseconds(20)), "a", "it");
          }).code() == Code::timeout);
}

TEST_CASE("a name that was given back can be taken again") {
    NameLocks locks;
    for (int i = 0; i < 3; ++i)
        const Permit permit = locks.enter(within(seconds(1)), "a", "it");
}

}  // namespace
}  // namespace nexus::engine
