#include "jobs/result.hpp"

#include <doctest/doctest.h>

using namespace nexus;
using namespace nexus::jobs;

TEST_CASE("a result is the document of the contract, member by member") {
    Result result;
    result.job_id = "j1";
    result.tenant_id = "acme";
    result.action = "start";
    result.detail = "started";
    result.attempts = 1;
    result.node = "n1";
    result.queued_at = result.started_at = result.finished_at =
        *parse_timestamp("2026-11-23T10:00:00.123Z");
    CHECK(
        to_json(result) ==
        R"({"job_id":"j1","tenant_id":"acme","action":"start","status":"succeeded","detail":"started","error":null,)"
        R"("attempts":1,"node":"n1","queued_at":"2026-11-23T10:00:00.123Z","started_at":"2026-11-23T10:00:00.123Z",)"
        R"("finished_at":"2026-11-23T10:00:00.123Z","data":{}})");
    result.status = Status::failed;
    result.error = Failure(ErrorCode::image_unavailable, "no \"x\"", true);
    CHECK(to_json(result).find(
              R"("error":{"code":"image_unavailable","message":"no \"x\"","retryable":true})") !=
          std::string::npos);
}

TEST_CASE("an event has exactly four members") {
    const auto event =
        error_event(*config::TenantId::parse("acme"), Failure(ErrorCode::timeout, "too slow"),
                    *parse_timestamp("2026-11-23T10:00:00.123Z"));
    CHECK(
        to_json(event) ==
        R"({"tenant_id":"acme","type":"runtime.error","payload":{"error":"timeout","message":"too slow"},)"
        R"("created_at":"2026-11-23T10:00:00.123Z"})");
}
