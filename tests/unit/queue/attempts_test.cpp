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
        REQUIRE(attempts.begin());
        CHECK(attempts.count() == i);
        const auto wait = attempts.next(ended(ErrorCode::backend_unavailable, true));
        REQUIRE(wait);
        CHECK(*wait >= milliseconds(0));
        CHECK(*wait <= ceiling);
        ceiling *= 2;
    }
    REQUIRE(attempts.begin());
    CHECK_FALSE(attempts.next(ended(ErrorCode::backend_unavailable, true)));
}

TEST_CASE("success, and a failure that stays one, are the end") {
    Attempts attempts(ticket_with(""));
    attempts.begin();
    CHECK_FALSE(attempts.next({"started", "{}", std::nullopt, {}}));
    CHECK_FALSE(attempts.next(ended(ErrorCode::image_invalid, false)));
}

TEST_CASE("the job says how many attempts it wants, and earlier ones count") {
    Attempts once(ticket_with(R"(,"max_attempts":1)"));
    once.begin();
    CHECK_FALSE(once.next(ended(ErrorCode::timeout, true)));
    Attempts resumed(ticket_with("", 4));
    REQUIRE(resumed.begin());
    CHECK(resumed.count() == 5);
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

TEST_CASE(
    "a job that is cancelled while it waits has ended, before its first attempt and between two") {
    Attempts fresh(ticket_with(""));
    CHECK(fresh.cancel() == Attempts::Cancelled::before_it_ran);
    CHECK_FALSE(fresh.begin());
    CHECK(fresh.cancel() == Attempts::Cancelled::too_late);
    Attempts failed_once(ticket_with(""));
    failed_once.begin();
    REQUIRE(failed_once.next(ended(ErrorCode::timeout, true)));
    CHECK(failed_once.cancel() == Attempts::Cancelled::before_it_ran);
    CHECK_FALSE(failed_once.begin());
}

TEST_CASE("a job that is cancelled while it runs has its switch thrown and no further attempt") {
    Attempts attempts(ticket_with(""));
    const auto running = attempts.begin();
    CHECK_FALSE(running->cancelled());
    CHECK(attempts.cancel() == Attempts::Cancelled::while_it_ran);
    CHECK(running->cancelled());
    CHECK(attempts.cancel_wanted());
    CHECK_FALSE(attempts.next(ended(ErrorCode::timeout, true)));
    CHECK(attempts.cancel() == Attempts::Cancelled::too_late);
}

TEST_CASE("an interrupted attempt is nobody's wish") {
    Attempts attempts(ticket_with(""));
    const auto running = attempts.begin();
    attempts.interrupt();
    CHECK(running->cancelled());
    CHECK_FALSE(attempts.cancel_wanted());
}
