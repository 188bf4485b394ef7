#include "engine/pull.hpp"

#include <doctest/doctest.h>

namespace nexus::engine {
namespace {

TEST_CASE("progress is let through at a bounded rate") {
    using std::chrono::seconds;
    const RateLimit::Clock::time_point start;
    RateLimit rate(seconds(2), start);
    CHECK_FALSE(rate.passes(start));
    CHECK_FALSE(rate.passes(start + seconds(1)));
    CHECK(rate.passes(start + seconds(2)));
    CHECK_FALSE(rate.passes(start + seconds(3)));
    CHECK(rate.passes(start + seconds(5)));
}

}  // namespace
}  // namespace nexus::engine
