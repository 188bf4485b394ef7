// What the reconciler does about a runtime that fails, or that it cannot mend.
#include "unit/tenants/keeper.hpp"

namespace nexus::tenants {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE_FIXTURE(Keeper, "A failing repair is tried again with growing pauses, and told of once") {
    provision();
    backend.containers.clear();
    backend.before = [](const std::string& op) {
        if (op == "ensure_container") throw BackendError(Code::exhausted, "disk full", true);
    };
    cycle();
    CHECK(count("ensure_container") == 2);
    cycle();
    CHECK(count("ensure_container") == 2);
    CHECK(heard.empty());  // the engine may have been in the middle of something
    cycle(seconds(1));
    CHECK(count("ensure_container") == 3);
    CHECK(reconciler.next_due() == now + seconds(10));
    cycle(seconds(10));
    CHECK(reconciler.next_due() == now + seconds(20));
    CHECK(heard.size() == 1);
    backend.before = [](const std::string&) {};
    cycle(seconds(20));
    CHECK(runtime().phase == Phase::running);
    CHECK(book.all().at(acme).last_error.empty());
    cycle();
    REQUIRE(heard.size() == 2);
    CHECK(heard[1].payload == R"({"state":"running","source":"reconcile"})");
}

TEST_CASE_FIXTURE(Keeper, "A crash loop is told of once, with its cause, and slows down") {
    ProvisionRequest request;
    request.env.emplace()["TOKEN"] = "hunter2-hunter2";
    provision(request);
    backend.log_text = "no database\ntoken hunter2-hunter2\n";
    crash();
    cycle();
    CHECK(runtime().phase == Phase::running);
    runtime().oom_killed = true;
    for (const auto pause : {10, 20, 40, 80, 160}) {
        crash();
        cycle();
        cycle(seconds(pause) - seconds(1));
        CHECK(runtime().phase == Phase::exited);
        cycle(seconds(1));
        CHECK(runtime().phase == Phase::running);
    }
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload ==
          R"({"state":"crash_loop","source":"reconcile","exit_code":3,"oom_killed":true,)"
          R"("log":["no database","token ***"]})");
    CHECK(book.all().at(acme).observed == "crash_loop");
    runtime().started_at = format_timestamp(now);
    cycle(minutes(9));
    CHECK(heard.size() == 1);
    cycle(minutes(1));
    cycle();
    REQUIRE(heard.size() == 2);
    CHECK(heard[1].payload == R"({"state":"running","source":"reconcile"})");
    CHECK(book.all().at(acme).observed == "running");
}

TEST_CASE_FIXTURE(Keeper,
                  "A crash loop is seen also where the engine has started the runtime again") {
    provision();
    for (int i = 1; i <= 3; ++i) {
        now += seconds(2);
        runtime().restarts = i;
        runtime().finished_at = format_timestamp(now);
        runtime().started_at = format_timestamp(now + std::chrono::milliseconds(100));
        ended.add(acme, 9);
        cycle();
        cycle();
    }
    CHECK(runtime().phase == Phase::running);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload.find("crash_loop") != std::string::npos);
    CHECK(heard[0].payload.find("\"exit_code\":9") != std::string::npos);
    CHECK(book.all().at(acme).restarts == 3);
    CHECK(count("start") == 1);
}

TEST_CASE_FIXTURE(Keeper, "An unhealthy runtime is told of, and that it is well again") {
    provision();
    runtime().health = Health::unhealthy;
    cycle();
    cycle();
    REQUIRE(heard.size() == 1);
    runtime().health = Health::healthy;
    cycle();
    cycle();
    CHECK(heard.size() == 2);
}

}  // namespace nexus::tenants
