#include "http/answers.hpp"

#include <doctest/doctest.h>

#include "support/exposition.hpp"
#include "unit/http/fake_source.hpp"

using nexus::http::answer;
using nexus::test::FakeSource;

TEST_CASE("/healthz tells who this is and since when") {
    FakeSource source;
    const auto well = answer({"GET", "/healthz"}, source);
    CHECK(well.status == 200);
    CHECK(
        well.body ==
        R"({"ok":true,"node":"worker-1","version":"0.1.0","backend":"simulated","uptime_seconds":7})");
    source.ok = false;
    const auto stalled = answer({"GET", "/healthz"}, source);
    CHECK(stalled.status == 503);
    CHECK(stalled.body.find(R"({"ok":false,)") == 0);
}

TEST_CASE("/readyz has one entry a check, and is ready only if all are") {
    FakeSource source;
    const auto ready = answer({"GET", "/readyz"}, source);
    CHECK(ready.status == 200);
    CHECK(
        ready.body ==
        R"({"ok":true,"checks":{"redis":{"ok":true,"message":"answers"},"backend":{"ok":true,"message":"docker"}}})");
    source.ok = false;
    const auto unready = answer({"GET", "/readyz"}, source);
    CHECK(unready.status == 503);
    CHECK(unready.body.find(
              R"({"ok":false,"checks":{"redis":{"ok":false,"message":"no \"answer\""})") == 0);
}

TEST_CASE("/status tells of the node and of each tenant") {
    FakeSource source;
    const auto status = answer({"GET", "/status"}, source);
    CHECK(status.status == 200);
    CHECK(
        status.body ==
        R"({"node":"worker-1","version":"0.1.0","backend":"simulated","uptime_seconds":7,"queue_depth":3,)"
        R"("running_jobs":1,"tenants":[{"tenant_id":"acme","desired":"running","observed":"unhealthy",)"
        R"("since":"2026-11-23T10:00:00.000Z","restarts":2,"image":"r.io/nexus:1",)"
        R"("last_error":"the \"disk\" is full"}]})");
}

TEST_CASE("/metrics is the text that Prometheus reads") {
    FakeSource source;
    const auto metrics = answer({"GET", "/metrics"}, source);
    CHECK(metrics.status == 200);
    CHECK(metrics.type == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(nexus::test::read_exposition(metrics.body).at("nexus_runner_up") == 1);
    CHECK(answer({"POST", "/metrics"}, source).status == 405);
    CHECK(answer({"GET", "/status"}, source).type == "application/json");
}

TEST_CASE("a query is ignored, and any other path is not found") {
    FakeSource source;
    CHECK(answer({"GET", "/healthz?verbose=1"}, source).status == 200);
    CHECK(answer({"GET", "/healthz?"}, source).status == 200);
    for (const char* target :
         {"", "//", "/index.html", "/healthz/", "//healthz", "/Healthz", "/%68ealthz",
          "/healthz%00", "/./healthz", "/x/../healthz", "healthz", "*", "http://127.0.0.1/healthz",
          "/healthz#x", "/healthz;x", "?/healthz", "/metrics/../healthz"}) {
        CAPTURE(target);
        const auto refused = answer({"GET", target}, source);
        CHECK(refused.status == 404);
        CHECK(refused.body == R"({"error":"there is nothing at this path"})");
    }
}

TEST_CASE("other methods are named the one that is allowed") {
    FakeSource source;
    for (const char* method : {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
        CAPTURE(method);
        const auto refused = answer({method, "/healthz"}, source);
        CHECK(refused.status == 405);
        CHECK(refused.allow == "GET");
        CHECK(refused.body.find(R"({"error":)") == 0);
    }
    CHECK(answer({"POST", "/elsewhere"}, source).status == 404);
}

TEST_CASE("a body is refused") {
    FakeSource source;
    CHECK(answer({"GET", "/healthz", true}, source).status == 413);
    CHECK(answer({"POST", "/healthz", true}, source).status == 405);
    CHECK(source.asked == 0);
}

TEST_CASE("a source that fails gives an error without what it said") {
    FakeSource source;
    source.broken = true;
    const auto failed = answer({"GET", "/readyz"}, source);
    CHECK(failed.status == 500);
    CHECK(failed.body.find("hunter2") == std::string::npos);
}
