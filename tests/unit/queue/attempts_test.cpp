#include "queue/attempts.hpp"

#include <doctest/doctest.h>

using namespace nexus;
using namespace nexus::queue;
using std::chrono::milliseconds;

namespace {

Ticket ticket_with(const std::string& members, int attempts_before = 0) {
    auto parsed = jobs::parse_job(
        R"({"id":"j1","action":"start","tenant_id":"acme","payload":{})" + members + "}", "nexus");
    return {"5-0", std::move(std::get<jobs::Job>(parsed)), std::nullopt, attempts_before};
}

jobs::Outcome ended(ErrorCode code, bool retryable) {
    jobs::Outcome outcome;
    outcome.error = Failure(code, "why", retryable);
    return outcome;
}

}  // namespace

TEST_CASE("a retryable failure is tried again, five times in all, after a growing wait") {
    Attempts attempts(ticket_with(""));
    milliseconds ceiling(1000);
    for (int i = 1; i < 5; ++i) {
        CHECK(attempts.begin() == i);
        const auto wait = attempts.next(ended(ErrorCode::backend_unavailable, true));
        REQUIRE(wait);
        CHECK(*wait >= milliseconds(0));
        CHECK(*wait <= ceiling);
        ceiling *= 2;
    }
    CHECK(attempts.begin() == 5);
    CHECK_FALSE(attempts.next(ended(ErrorCode::backend_unavailable, true)));
}

TEST_CASE("success, and a failure that stays one, are the end") {
    Attempts attempts(ticket_with(""));
    attempts.begin();
    CHECK_FALSE(attempts.next({"started", "{}", std::nullopt, std::nullopt}));
    CHECK_FALSE(attempts.next(ended(ErrorCode::image_invalid, false)));
}

TEST_CASE("the job says how many attempts it wants, and earlier ones count") {
    Attempts once(ticket_with(R"(,"max_attempts":1)"));
    once.begin();
    CHECK_FALSE(once.next(ended(ErrorCode::timeout, true)));
    Attempts resumed(ticket_with("", 4));
    CHECK(resumed.begin() == 5);
    CHECK_FALSE(resumed.next(ended(ErrorCode::timeout, true)));
}

TEST_CASE("no wait goes beyond the job's deadline") {
    const auto soon = format_timestamp(wall_now() + milliseconds(5));
    Attempts attempts(ticket_with(R"(,"deadline":")" + soon + "\""));
    for (int i = 0; i < 4; ++i) {
        attempts.begin();
        const auto wait = attempts.next(ended(ErrorCode::timeout, true));
        REQUIRE(wait);
        CHECK(*wait <= milliseconds(5));
    }
}
