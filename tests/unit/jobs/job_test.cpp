#include "jobs/job.hpp"

#include <doctest/doctest.h>

#include "jobs/schemas.hpp"

using namespace nexus;
using namespace nexus::jobs;

namespace {

std::string job_with(const std::string& members) {
    return R"({"id":"j1","action":"provision","tenant_id":"acme","payload":{})" + members + "}";
}

MalformedJob refused(const std::string& text) {
    auto parsed = parse_job(text, "nexus");
    REQUIRE(std::holds_alternative<MalformedJob>(parsed));
    return std::get<MalformedJob>(parsed);
}

}  // namespace

TEST_CASE("a whole job is read as it is") {
    const auto parsed = parse_job(
        R"({"v":1,"id":"01J9_x-Z","action":"provision","tenant_id":"acme-1","payload":{"nexus_image":"r/x:1",
            "runtime_env":{"A":"1"},"limits":{"cpus":0.5,"memory_bytes":67108864,"pids":9}},
            "deadline":"2026-12-01T02:15:00Z","max_attempts":5,"reply_to":"nexus:reply:web-42","node":"worker-1"})",
        "nexus");
    REQUIRE(std::holds_alternative<Job>(parsed));
    const auto& job = std::get<Job>(parsed);
    CHECK(job.id == "01J9_x-Z");
    CHECK(job.action == Action::provision);
    CHECK(job.tenant.text() == "acme-1");
    CHECK(json::parse(job.payload, job_limits)["runtime_env"]["A"] == "1");
    CHECK(job.deadline == parse_timestamp("2026-12-01T02:15:00Z"));
    CHECK(job.max_attempts == 5);
    CHECK(job.reply_to == "nexus:reply:web-42");
    CHECK(job.node == "worker-1");
}

TEST_CASE("every action has a schema and takes an empty payload, but for one that destroys") {
    for (const auto action : all_actions) {
        CAPTURE(to_string(action));
        CHECK_FALSE(payload_schema_text(action).empty());
        const std::string text = R"({"id":"j","action":")" + std::string(to_string(action)) +
                                 R"(","tenant_id":"acme","payload":{}})";
        const bool taken = std::holds_alternative<Job>(parse_job(text, "nexus"));
        CHECK(taken == (action != Action::restore));
    }
}

TEST_CASE("a malformed job is refused with the place that is wrong") {
    const struct {
        std::string text, begins;
    } rows[] = {
        {"", "not valid JSON"},
        {"{", "not valid JSON"},
        {"[]", "must be of type"},
        {"null", "must be of type"},
        {"{\"a\":\"\xff\"}", "not valid JSON"},
        {job_with(R"(,"extra":1)"), "/extra: "},
        {job_with(R"(,"v":2)"), "/v: "},
        {job_with(R"(,"deadline":"tomorrow")"), "/deadline: "},
        {job_with(R"(,"deadline":null)"), "/deadline: "},
        {job_with(R"(,"max_attempts":0)"), "/max_attempts: "},
        {job_with(R"(,"max_attempts":1.5)"), "/max_attempts: "},
        {job_with(R"(,"reply_to":"nexus:jobs")"), "/reply_to: "},
        {job_with(R"(,"reply_to":"nexus:reply:")"), "/reply_to: "},
        {job_with(R"(,"reply_to":"other:reply:x")"), "/reply_to: "},
        {job_with(R"(,"node":"Bad_Node")"), "/node: "},
        {job_with(R"(,"tenant_id":"twice")"), "/tenant_id: occurs twice"},
        {R"({"action":"stop","tenant_id":"acme","payload":{}})", "a member is missing"},
        {R"({"id":"j","action":"stop","tenant_id":"acme"})", "a member is missing"},
        {R"({"id":"a b","action":"stop","tenant_id":"acme","payload":{}})", "/id: "},
        {R"({"id":"","action":"stop","tenant_id":"acme","payload":{}})", "/id: "},
        {R"({"id":"a\u0000b","action":"stop","tenant_id":"acme","payload":{}})", "/id: "},
        {R"({"id":")" + std::string(65, 'a') +
             R"(","action":"stop","tenant_id":"acme","payload":{}})",
         "/id: "},
        {job_with(R"(,"node":")" + std::string(64, 'a') + "\""), "/node: "},
        {job_with(R"(,"max_attempts":{"a":[1,{"b":1,"b":2}]})"),
         "/max_attempts/a/1/b: occurs twice"},
        {R"({"id":5,"action":"stop","tenant_id":"acme","payload":{}})", "/id: "},
        {R"({"id":"j","action":"explode","tenant_id":"acme","payload":{}})", "/action: "},
        {R"({"id":"j","action":"stop","tenant_id":"acme","payload":[]})", "/payload: "},
        {R"({"id":"j","action":"stop","tenant_id":"acme","payload":{"x":1}})", "/payload/x: "},
        {R"({"id":"j","action":"stop","tenant_id":"acme","payload":{},"node":"n1"})", "/node: "},
        {R"({"id":"j","action":"provision","tenant_id":"acme","payload":{"limits":{"cpus":"1"}}})",
         "/payload/limits/cpus: "},
        {R"({"id":"j","action":"provision","tenant_id":"acme","payload":{"limits":{"memory_bytes":1}}})",
         "/payload/limits/memory_bytes: "},
        {R"({"id":"j","action":"provision","tenant_id":"acme","payload":{"prompts":[{"name":"a"}]}})",
         "/payload/prompts/0: "},
        {R"({"id":"j","action":"provision","tenant_id":"acme","payload":{"runtime_env":{"A":1}}})",
         "/payload/runtime_env/A: "},
        {R"({"id":"j","action":"delete","tenant_id":"acme","payload":{"keep_volumes":"yes"}})",
         "/payload/keep_volumes: "},
        {R"({"id":"j","action":"backup","tenant_id":"acme","payload":{"snapshot":"latest"}})",
         "/payload/snapshot: "},
        {R"({"id":"j","action":"restore","tenant_id":"acme","payload":{}})", "/payload: a member"},
        {R"({"id":"j","action":"restore","tenant_id":"acme","payload":{"snapshot":"../x"}})",
         "/payload/snapshot: "},
        {R"({"id":"j","action":"restore","tenant_id":"acme","payload":{"snapshot":"latest "}})",
         "/payload/snapshot: "},
        {R"({"id":"j","action":"restore","tenant_id":"acme","payload":{"snapshot":""}})",
         "/payload/snapshot: "},
        {R"({"id":"j","action":"provision","tenant_id":"acme","payload":{"Privileged":true}})",
         "/payload/Privileged: "},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto malformed = refused(row.text);
        CAPTURE(malformed.message);
        CHECK(malformed.message.rfind(row.begins, 0) == 0);
        CHECK(malformed.code == ErrorCode::invalid_job);
    }
}

TEST_CASE("a tenant id that does not match as a whole has a code of its own") {
    for (const char* tenant : {"ab", "Acme", "acme!", "-acme", "acme\\n", "../etc"}) {
        CAPTURE(tenant);
        const auto malformed = refused(R"({"id":"j","action":"stop","tenant_id":")" +
                                       std::string(tenant) + R"(","payload":{}})");
        CHECK(malformed.code == ErrorCode::invalid_tenant_id);
        CHECK(malformed.tenant_id.empty());
        CHECK(malformed.id == "j");
    }
}

TEST_CASE("a job beyond the bounds is refused before it is parsed") {
    CHECK(refused(std::string((1U << 20U) + 1, ' ')).message.find("at most 1048576") !=
          std::string::npos);
    CHECK(refused(std::string(100000, '[')).message.find("16 levels") != std::string::npos);
}

TEST_CASE("what could be read of a malformed job is kept, so that its producer is told") {
    const auto malformed = refused(job_with(R"(,"reply_to":"nexus:reply:x","surplus":1)"));
    CHECK(malformed.id == "j1");
    CHECK(malformed.tenant_id == "acme");
    CHECK(malformed.action == "provision");
    CHECK(malformed.reply_to == "nexus:reply:x");
    CHECK(refused(R"({"id":"no good","reply_to":"nexus:jobs"})").id.empty());
}
