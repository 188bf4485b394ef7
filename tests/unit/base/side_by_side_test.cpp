#include "base/side_by_side.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace nexus {
namespace {

TEST_CASE("every number is worked on once, whatever else is at work") {
    for (const std::size_t at_once : {1U, 3U, 100U}) {
        std::mutex mutex;
        std::vector<std::size_t> seen;
        side_by_side(50, at_once, [&](std::size_t number) {
            const std::lock_guard lock(mutex);
            seen.push_back(number);
        });
        if (at_once > 1) std::sort(seen.begin(), seen.end());
        REQUIRE(seen.size() == 50);
        for (std::size_t i = 0; i < seen.size(); ++i)
            CHECK(seen[i] == i);
    }
    side_by_side(0, 2, [](std::size_t) { FAIL("there is none"); });
}

TEST_CASE("as many are at work as were asked for, and no more") {
    constexpr int at_once = 3;
    std::latch all_there(at_once);
    std::atomic<int> there = 0;
    std::atomic<int> most = 0;
    side_by_side(9, at_once, [&](std::size_t number) {
        most = std::max(most.load(), ++there);
        if (number < at_once) all_there.arrive_and_wait();
        --there;
    });
    CHECK(most == at_once);
}

TEST_CASE("the first failure is thrown once all have ended, and nothing is begun after it") {
    std::latch both_there(2);
    std::atomic<int> begun = 0;
    std::atomic<bool> ended = false;
    const auto work = [&](std::size_t number) {
        ++begun;
        both_there.arrive_and_wait();
        if (number == 1) throw std::runtime_error("the second");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ended = true;
        throw std::runtime_error("the first, later");
    };
    CHECK_THROWS_WITH_AS(side_by_side(5, 2, work), "the second", std::runtime_error);
    CHECK(ended);
    CHECK(begun == 2);
}

}  // namespace
}  // namespace nexus
