#include "base/backoff.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using nexus::Backoff;
using namespace std::chrono_literals;

TEST_CASE("waits double up to the most and never fall below the least") {
    Backoff backoff(10ms, 100ms, 800ms);
    auto ceiling = 100ms;
    for (int tries = 0; tries < 100; ++tries) {
        const auto wait = backoff.next();
        CHECK(wait >= 10ms);
        CHECK(wait <= ceiling);
        ceiling = std::min(ceiling * 2, 800ms);
    }
}

TEST_CASE("after a reset the waits begin small again") {
    Backoff backoff(0ms, 1ms, 1h);
    for (int tries = 0; tries < 50; ++tries)
        backoff.next();
    backoff.reset();
    CHECK(backoff.next() <= 1ms);
}

TEST_CASE("the jitter reaches over the whole range") {
    Backoff backoff(0ms, 1000ms, 1000ms);
    auto least = 1000ms;
    auto most = 0ms;
    for (int tries = 0; tries < 1000; ++tries) {
        const auto wait = backoff.next();
        least = std::min(least, wait);
        most = std::max(most, wait);
    }
    CHECK(least < 100ms);
    CHECK(most > 900ms);
}

TEST_CASE("two clients do not wait alike") {
    Backoff one(0ms, 1h, 1h);
    Backoff other(0ms, 1h, 1h);
    bool differ = false;
    for (int tries = 0; tries < 10; ++tries)
        differ = one.next() != other.next() || differ;
    CHECK(differ);
}
