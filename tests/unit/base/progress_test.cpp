#include "base/progress.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>

using nexus::Progress;
using namespace std::chrono_literals;

TEST_CASE("a loop that beats is not stalled, one that does not is named") {
    Progress progress;
    CHECK_FALSE(progress.stalled(Progress::Clock::now() + 1h, 1s).has_value());
    auto intake = progress.add("intake");
    CHECK_FALSE(progress.stalled(Progress::Clock::now(), 10s).has_value());
    CHECK(progress.stalled(Progress::Clock::now() + 11s, 10s) == "intake");
    intake.beat();
    CHECK_FALSE(progress.stalled(Progress::Clock::now(), 10s).has_value());
}

TEST_CASE("of several stalled loops the oldest is named") {
    Progress progress;
    auto first = progress.add("first");
    auto second = progress.add("second");
    CHECK(progress.stalled(Progress::Clock::now() + 1h, 1s) == "first");
    first.beat();
    CHECK(progress.stalled(Progress::Clock::now() + 1h, 1s) == "second");
}

TEST_CASE("a loop that has ended is not waited for") {
    Progress progress;
    {
        const auto ended = progress.add("ended");
        CHECK(progress.stalled(Progress::Clock::now() + 1h, 1s) == "ended");
    }
    CHECK_FALSE(progress.stalled(Progress::Clock::now() + 1h, 1s).has_value());
}

TEST_CASE("a beat may outlive the progress that it belongs to") {
    auto progress = std::make_unique<Progress>();
    auto beat = progress->add("loop");
    progress.reset();
    beat.beat();
}

TEST_CASE("beats and looks from several threads do not disturb each other") {
    Progress progress;
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                auto beat = progress.add("loop");
                for (int turn = 0; turn < 1000; ++turn) {
                    beat.beat();
                    if (progress.stalled(Progress::Clock::now(), 1h)) ++wrong;
                }
            });
        }
    }
    CHECK(wrong == 0);
}
