#include "base/kill_point.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace nexus {
namespace {

TEST_CASE("a kill plan comes due once, at the passage that it counts") {
    KillPlan plan("after_read:3");
    CHECK_FALSE(plan.due("after_read"));
    CHECK_FALSE(plan.due("after_outcome"));
    CHECK_FALSE(plan.due("after_read"));
    CHECK(plan.due("after_read"));
    CHECK_FALSE(plan.due("after_read"));
}

TEST_CASE("an empty kill plan never comes due") {
    KillPlan plan("");
    CHECK_FALSE(plan.due(""));
    CHECK_FALSE(plan.due("after_read"));
}

TEST_CASE("a kill plan that is none is refused") {
    for (const char* text : {"after_read", "after_read:", ":1", "after_read:0", "after_read:-1",
                             "after_read:1x", "after_read:99999999999999999999", ":"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(KillPlan plan(text), std::invalid_argument);
    }
}

}  // namespace
}  // namespace nexus
