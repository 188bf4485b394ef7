// An oracle that finds nothing is worth what it would have found: each kind of fault, once.
#include "oracle.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace nexus::faults {
namespace {

constexpr auto second = std::chrono::seconds(1);
const WallTime epoch{};

Result succeeded(const std::string& job) {
    return {job, "succeeded", "", "", epoch, epoch + 10 * second};
}

Result failed(const std::string& job, const std::string& code) {
    return {job, "failed", code, "", epoch, epoch + 10 * second};
}

// Two tenants, one that runs at the end and one that is gone.
Evidence sound() {
    Evidence evidence;
    evidence.jobs = {{"a1", "a", "provision", ""}, {"b1", "b", "provision", ""},
                     {"a2", "a", "restart", ""},   {"b2", "b", "delete", ""},
                     {"a1", "a", "provision", ""}, {"b3", "b", "stop", ""}};
    evidence.results = {succeeded("a1"), succeeded("b1"), succeeded("a2"), succeeded("b2"),
                        failed("b3", "tenant_not_found")};
    evidence.journal = {{"start", "a", "a1"}, {"info", "", "status"}, {"start", "b", "b1"},
                        {"start", "b", "b1"}, {"stop", "a", "a2"},    {"start", "a", "a2"},
                        {"remove", "b", "b2"}};
    evidence.effects = {
        {"start", "c", "a", "a1"}, {"stop", "c", "a", "a2"}, {"start", "c", "a", "a2"}};
    evidence.engine.containers = {{"tenant_a_runtime", "running"}};
    evidence.engine.volumes = {"tenant_a_session", "tenant_a_state"};
    evidence.engine.networks = {"tenant_a_net"};
    evidence.placed = {"a"};
    return evidence;
}

struct Counts {
    std::size_t lost = 0, doubled = 0, inversions = 0, wrong = 0, poisoned = 0;
    bool operator==(const Counts&) const = default;
};

TEST_CASE("the oracle counts each kind of fault, and nothing in a sound run") {
    struct Row {
        const char* what;
        std::function<void(Evidence&)> spoil;
        Counts counts;
    };
    const std::vector<Row> rows{
        {"nothing", [](Evidence&) {}, {}},
        {"no result", [](Evidence& e) { e.results.pop_back(); }, {.lost = 1}},
        {"one that may be lost",
         [](Evidence& e) {
             e.results.pop_back();
             e.may_be_lost = {"b3"};
         },
         {}},
        {"a second result",
         [](Evidence& e) { e.results.push_back(succeeded("b3")); },
         {.doubled = 1}},
        {"a result of nobody's",
         [](Evidence& e) { e.results.push_back(succeeded("x")); },
         {.wrong = 1}},
        {"a second effect",
         [](Evidence& e) {
             e.effects.push_back({"stop", "c", "a", "a2"});
         },
         {.doubled = 1}},
        {"an effect on the runtime that came back under the name of another",
         [](Evidence& e) {
             e.effects.push_back({"remove", "tenant_a_runtime", "a", "a2"});
             e.effects.push_back({"rename", "tenant_a_previous", "a", "a2"});
             e.effects.push_back({"remove", "tenant_a_runtime", "a", "a2"});
         },
         {}},
        {"a runtime that came back twice",
         [](Evidence& e) {
             e.effects.push_back({"rename", "tenant_a_previous", "a", "a2"});
             e.effects.push_back({"rename", "tenant_a_previous", "a", "a2"});
         },
         {.doubled = 1}},
        {"a runtime that was left aside",
         [](Evidence& e) { e.engine.containers["tenant_a_previous"] = "exited"; },
         {.wrong = 1}},
        {"an earlier job goes on",
         [](Evidence& e) {
             e.journal.push_back({"inspect", "a", "a1"});
         },
         {.inversions = 1}},
        {"results out of order",
         [](Evidence& e) { std::swap(e.results[0], e.results[2]); },
         {.inversions = 1}},
        {"a failure for no reason",
         [](Evidence& e) { e.results[2] = failed("a2", "internal"); },
         {.wrong = 1}},
        {"a failure that what was done explains",
         [](Evidence& e) {
             e.results[2] = failed("a2", "exhausted");
             e.excusable = {"exhausted"};
         },
         {}},
        {"poison after two deaths",
         [](Evidence& e) {
             e.results[2] = failed("a2", "poison");
             e.kills = {epoch + second, epoch + 2 * second, epoch + 20 * second};
         },
         {.wrong = 1}},
        {"poison after three deaths",
         [](Evidence& e) {
             e.results[2] = failed("a2", "poison");
             e.kills = {epoch + second, epoch + 2 * second, epoch + 3 * second};
         },
         {.poisoned = 1}},
        {"a success without its tenant",
         [](Evidence& e) { e.results[4] = succeeded("b3"); },
         // Stopped, then: nothing of it is there.
         {.wrong = 6}},
        {"a container that does not run",
         [](Evidence& e) { e.engine.containers["tenant_a_runtime"] = "exited"; },
         {.wrong = 1}},
        {"a volume that is left",
         [](Evidence& e) { e.engine.volumes.emplace_back("tenant_b_state"); },
         {.wrong = 1}},
        {"a network that is missing", [](Evidence& e) { e.engine.networks.clear(); }, {.wrong = 1}},
        {"a placement that is missing", [](Evidence& e) { e.placed.clear(); }, {.wrong = 1}},
        {"a placement that is left", [](Evidence& e) { e.placed.insert("b"); }, {.wrong = 1}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        Evidence evidence = sound();
        row.spoil(evidence);
        const auto verdict = judge(evidence);
        std::string findings;
        for (const auto& finding : verdict.findings)
            findings += finding + "\n";
        CAPTURE(findings);
        const Counts counts{verdict.lost, verdict.doubled, verdict.inversions, verdict.wrong,
                            verdict.poisoned};
        CHECK(counts == row.counts);
        CHECK(
            verdict.clean() ==
            (row.counts.lost + row.counts.doubled + row.counts.inversions + row.counts.wrong == 0));
    }
}

TEST_CASE("a plan is the same for the same seed, and has every verb") {
    Load load{.seed = 7, .jobs = 2000, .tenants = 20};
    const auto jobs = plan(load);
    const auto again = plan(load);
    REQUIRE(jobs.size() == again.size());
    CHECK(jobs.size() > load.jobs);  // some are there twice
    std::set<std::string> actions;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        CHECK(jobs[i].text == again[i].text);
        actions.insert(jobs[i].action);
    }
    CHECK(actions.size() == 10);
    load.seed = 8;
    CHECK(plan(load).front().text != jobs.front().text);
}

TEST_CASE("records are read as they were written, but for a line that a kill cut short") {
    const auto journal = read_journal(
        "{\"op\":\"start\",\"tenant\":\"a\",\"job\":\"a1\",\"at\":\"x\"}\n"
        "{\"op\":\"sta");
    REQUIRE(journal.size() == 1);
    CHECK(journal[0].job == "a1");
    CHECK_THROWS(read_journal("{}\n"));
    const auto effects =
        read_effects("{\"op\":\"stop\",\"object\":\"c\",\"tenant\":\"a\",\"job\":\"a2\"}\n");
    REQUIRE(effects.size() == 1);
    CHECK(effects[0].object == "c");
    const auto result = read_result(
        R"({"job_id":"a1","status":"failed","error":{"code":"internal","message":"m"},"queued_at":"1970-01-01T00:00:01.000Z"})");
    CHECK(result.code == "internal");
    CHECK(result.queued_at == epoch + second);
    CHECK_FALSE(result.finished_at);
    CHECK(read_engine("").containers.empty());
}

}  // namespace
}  // namespace nexus::faults
