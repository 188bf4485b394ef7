#include "http/metrics.hpp"

#include <doctest/doctest.h>

#include <locale>

#include "support/exposition.hpp"

using namespace nexus;
using namespace nexus::http;
using test::read_exposition;

namespace {

WallTime at(const char* text) {
    return *parse_timestamp(text);
}

Metrics make_metrics() {
    Metrics metrics;
    metrics.health = {true, "worker-1", "0.1.0", "simulated", std::chrono::seconds(7)};
    metrics.started_at = at("2026-11-23T10:00:00.125Z");
    metrics.checks = {{"redis", true, "connected"}, {"disk", false, "full"}};
    metrics.queued = 3;
    metrics.running = 1;
    metrics.tenants = {{{"running", "running"}, 12'345'678}, {{"", ""}, 1}};
    metrics.restarts = 5;
    metrics.operations = {{"start", 4, 1, std::chrono::milliseconds(2500)}};
    metrics.calls = 2;
    return metrics;
}

BackupRunMetrics make_run() {
    BackupRunMetrics run;
    run.began = at("2026-11-23T02:15:00Z");
    run.time = std::chrono::milliseconds(61'500);
    run.size_bytes = 987'654'321'012;
    run.written_bytes = 77;
    run.paused = std::chrono::milliseconds(1500);
    run.longest_pause = std::chrono::milliseconds(750);
    run.torn_files = 2;
    run.tenants = {{"ok", 19}, {"failed", 1}};
    run.failures = {{"exhausted", 2}};
    return run;
}

}  // namespace

TEST_CASE("what the process, its work and its backend are is told in base units") {
    const auto samples = read_exposition(to_prometheus(make_metrics()));
    CHECK(
        samples ==
        test::Samples{
            {"nexus_runner_up", 1},
            {"nexus_runner_start_time_seconds", 1795428000.125},
            {R"(nexus_runner_build_info{version="0.1.0",backend="simulated",node="worker-1"})", 1},
            {R"(nexus_runner_check_ok{check="redis"})", 1},
            {R"(nexus_runner_check_ok{check="disk"})", 0},
            {"nexus_runner_queue_depth", 3},
            {"nexus_runner_running_jobs", 1},
            {R"(nexus_runner_tenants{desired="running",observed="running"})", 12'345'678},
            {R"(nexus_runner_tenants{desired="unknown",observed="unknown"})", 1},
            {"nexus_runner_tenant_restarts_total", 5},
            {"nexus_runner_backend_calls", 2},
            {R"(nexus_runner_backend_operation_duration_seconds_count{operation="start"})", 4},
            {R"(nexus_runner_backend_operation_duration_seconds_sum{operation="start"})", 2.5},
            {R"(nexus_runner_backend_operation_errors_total{operation="start"})", 1},
            {"nexus_runner_backup_last_success_timestamp_seconds", 0},
            {"nexus_runner_backup_last_verified_timestamp_seconds", 0},
        });
}

TEST_CASE("the last backup is told once there is one") {
    auto metrics = make_metrics();
    metrics.backups.last_success = at("2026-11-22T02:15:00Z");
    metrics.backups.last_verified = at("2026-11-21T02:15:00Z");
    metrics.backups.last_run = make_run();
    const auto samples = read_exposition(to_prometheus(metrics));
    const std::pair<const char*, double> rows[] = {
        {"last_success_timestamp_seconds", 1795313700},
        {"last_verified_timestamp_seconds", 1795227300},
        {"last_run_timestamp_seconds", 1795400100},
        {"last_run_duration_seconds", 61.5},
        {"last_run_size_bytes", 987'654'321'012.0},
        {"last_run_written_bytes", 77},
        {"last_run_pause_seconds", 1.5},
        {"last_run_longest_pause_seconds", 0.75},
        {"last_run_torn_files", 2},
        {R"(last_run_tenants{status="ok"})", 19},
        {R"(last_run_tenants{status="failed"})", 1},
        {R"(last_run_failures{reason="exhausted"})", 2},
    };
    for (const auto& row : rows) {
        CAPTURE(row.first);
        const auto found = samples.find(std::string("nexus_runner_backup_") + row.first);
        REQUIRE(found != samples.end());
        CHECK(found->second == row.second);
    }
    CHECK(std::size(rows) + 14 == samples.size());
}

TEST_CASE("a label's value is escaped, whatever the locale") {
    struct Comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
    };
    const auto before = std::locale::global(std::locale(std::locale::classic(), new Comma));
    auto metrics = make_metrics();
    metrics.health.version = "a\"b\\c\nd";
    const auto text = to_prometheus(metrics);
    std::locale::global(before);
    const auto samples = read_exposition(text);
    CHECK(
        samples.count(
            R"(nexus_runner_build_info{version="a\"b\\c\nd",backend="simulated",node="worker-1"})") ==
        1);
    CHECK(samples.at("nexus_runner_start_time_seconds") == 1795428000.125);
}

TEST_CASE("the reader of the tests refuses what Prometheus would, and names that break its rules") {
    const std::string head = "# HELP a_total All.\n# TYPE a_total counter\n";
    CHECK(read_exposition(head + "a_total{x=\"\\n\",y=\"}\"} 1\na_total 2e3\n").size() == 2);
    for (const auto& bad :
         {std::string("x 1"), std::string("x 1\n"), head + "a_total 1\na_total 1\n", head + "b 1\n",
          head + "a_total one\n", head + "a_total{x=\"1} 1\n", head + "a_total{x=1} 1\n",
          head + "a_total{x=\"1\",x=\"1\"} 1\n", head + "a_total{x=\"\\t\"} 1\n",
          head + "a_total1\n", head + head, std::string("# TYPE a gauge\na 1\n"),
          std::string("# HELP a All.\na 1\n"),
          std::string("# HELP a All.\n# TYPE a counter\na 1\n"),
          std::string("# HELP a_ms All.\n# TYPE a_ms gauge\na_ms 1\n"),
          std::string("# HELP a all\n# TYPE a gauge\na 1\n")}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(read_exposition(bad), std::runtime_error);
    }
}
