#include "backup/report.hpp"

#include <doctest/doctest.h>

#include "run_fixture.hpp"

using namespace nexus;
using namespace nexus::backup;
using test::make_run;

namespace {

constexpr const char* id = "20261126T021500.123Z";

}  // namespace

TEST_CASE("a backup that is whole is told with its size, its time and the pause") {
    const auto run = make_run(id);
    const auto event = event_of(run, run.tenants.front());
    CHECK(event.type == "backup.completed");
    CHECK(event.tenant_id.text() == "acme");
    CHECK(event.created_at == run.finished_at);
    CHECK(event.payload ==
          R"({"snapshot":"20261126T021500.123Z","bytes":61440,"seconds":5.0,"pause_seconds":0.12,)"
          R"("torn_files":0})");
}

TEST_CASE("a job's id is in the event, and what was torn is counted") {
    auto run = make_run(id);
    run.job_id = "j1";
    auto& part = run.tenants.front().parts.back();
    part.status = PartStatus::torn;
    part.changed = {"a", "b"};
    const auto event = event_of(run, run.tenants.front());
    CHECK(event.type == "backup.completed");
    const auto payload = json::parse(event.payload, json::own_files);
    CHECK(json::Reader(payload).integer("torn_files") == 2);
    CHECK(json::Reader(payload).string("job_id") == "j1");
    CHECK(changed_files(run.tenants.front()) == 2);
}

TEST_CASE("a backup that lacks a part is told as failed, with the part and its reason") {
    auto run = make_run(id);
    run.tenants.front().parts.back() = test::make_failed_part(PartName::state);
    const auto event = event_of(run, run.tenants.front());
    CHECK(event.type == "backup.failed");
    CHECK(event.payload ==
          R"({"reason":"backend_failed","message":"state: the volume nexus_acme_state is missing",)"
          R"("snapshot":"20261126T021500.123Z"})");
    const auto of_job =
        failed_event(test::tenant("acme"), {ErrorCode::exhausted, "full"}, "j1", run.finished_at);
    CHECK(of_job.payload == R"({"reason":"exhausted","message":"full","job_id":"j1"})");
}

TEST_CASE("a result says of each part what became of it") {
    auto run = make_run(id);
    run.tenants.front().parts.back().changed = {"x"};
    const auto document = json::parse(result_data(run, run.tenants.front()), json::own_files);
    const json::Reader data(document);
    CHECK(data.string("snapshot") == id);
    CHECK(data.integer("bytes") == 61440);
    CHECK(data.integer("bytes_written") == 2700);
    CHECK(data.find_number("seconds") == 5.0);
    CHECK(data.integer("pause_ms") == 120);
    const auto& parts = document["parts"];
    REQUIRE(parts.Size() == 3);
    const json::Reader state(parts[2]);
    CHECK(state.string("name") == "state");
    CHECK(state.string("status") == "ok");
    CHECK(state.string("consistency") == "pause");
    CHECK(state.string("sha256") == test::sha256_of('3'));
    CHECK(state.integer("bytes") == 20480);
    CHECK(state.integer("entries") == 3);
    CHECK_FALSE(state.boolean("unchanged"));
    CHECK(parts[2]["changed"][0] == "x");
}
