#include "queue/finished.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace nexus;
using namespace nexus::queue;

namespace {

Ticket ticket_for(const std::string& action) {
    auto parsed =
        jobs::parse_job(R"({"id":"j1","action":")" + action +
                            R"(","tenant_id":"acme","payload":{},"reply_to":"nexus:reply:x"})",
                        "nexus");
    return {"5-0", std::move(std::get<jobs::Job>(parsed)), std::nullopt, 0};
}

jobs::Outcome failed_with(ErrorCode code) {
    jobs::Outcome outcome;
    outcome.error = Failure(code, "why");
    return outcome;
}

}  // namespace

TEST_CASE("the end of a job says what the ledger, the producer and the dead letters get") {
    const Run run{"n1", 1, wall_now(), "7-0"};
    const auto good = finished(ticket_for("start"), {"started", "{}", std::nullopt, {}}, run);
    CHECK(good.state == "succeeded");
    CHECK(good.dead_reason.empty());
    CHECK(good.reply_to == "nexus:reply:x");
    CHECK(good.placement == "7-0");
    CHECK(finished(ticket_for("start"), failed_with(ErrorCode::timeout), run).dead_reason ==
          "attempts");
    CHECK(finished(ticket_for("start"), failed_with(ErrorCode::deadline), run).dead_reason ==
          "deadline");
    CHECK(finished(ticket_for("start"), failed_with(ErrorCode::poison), run).dead_reason ==
          "poison");
    const auto cancelled = finished(ticket_for("start"), failed_with(ErrorCode::cancelled), run);
    CHECK(cancelled.state == "cancelled");
    CHECK(cancelled.dead_reason.empty());
}

TEST_CASE("the events of a job leave in their order, one a line") {
    const auto acme = *config::TenantId::parse("acme");
    const jobs::Outcome outcome{"started",
                                "{}",
                                std::nullopt,
                                {{acme, "image.updated", "{}", WallTime{}},
                                 {acme, "runtime.status", R"({"state":"a\nb"})", WallTime{}}}};
    const auto item = finished(ticket_for("start"), outcome, {"n1", 1, wall_now(), ""});
    CHECK(item.event == to_json(outcome.events.at(0)) + "\n" + to_json(outcome.events.at(1)));
    CHECK(std::count(item.event.begin(), item.event.end(), '\n') == 1);
}

TEST_CASE("an end that is told again is for the entry that asks, and moves no placement") {
    const auto first = finished(ticket_for("delete"), {"deleted", "{}", std::nullopt, {}},
                                {"n1", 1, wall_now(), "7-0"});
    const auto repeated = again(first, "9-0", "nexus:reply:y");
    CHECK(repeated.result == first.result);
    CHECK(repeated.entry_id == "9-0");
    CHECK(repeated.reply_to == "nexus:reply:y");
    CHECK(repeated.placement.empty());
}

TEST_CASE("a malformed job has a result only where its id could be read") {
    jobs::MalformedJob malformed{ErrorCode::invalid_job, "/x: no", "", "", "", ""};
    CHECK(refused("5-0", malformed, std::nullopt, "n1").result.empty());
    malformed.id = "j1";
    const auto item = refused("5-0", malformed, std::nullopt, "n1");
    CHECK(item.dead_reason == "malformed");
    CHECK(item.result.find(R"("tenant_id":null)") != std::string::npos);
    CHECK(item.result.find(R"("started_at":null)") != std::string::npos);
}
