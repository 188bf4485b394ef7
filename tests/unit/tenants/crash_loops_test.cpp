#include "tenants/crash_loops.hpp"

#include <doctest/doctest.h>

namespace nexus::tenants {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const TenantId acme = *TenantId::parse("acme");
const TenantId other = *TenantId::parse("other");
constexpr WallTime start(std::chrono::hours(480'000));

milliseconds wait_of(CrashLoops& loops, const std::string& run, milliseconds up = seconds(1)) {
    return loops.ended(acme, run, up, start).due - start;
}

}  // namespace

TEST_CASE("The first failure is mended at once, and the next after 10 s x 2^n up to 5 min") {
    CrashLoops loops;
    const std::vector<seconds> waits{seconds(0),  seconds(10),  seconds(20),  seconds(40),
                                     seconds(80), seconds(160), seconds(300), seconds(300)};
    for (std::size_t i = 0; i < waits.size(); ++i)
        CHECK(wait_of(loops, "run" + std::to_string(i)) == waits[i]);
}

TEST_CASE("One failure is told of once, however often it is seen") {
    CrashLoops loops;
    wait_of(loops, "a");
    CHECK(wait_of(loops, "b") == seconds(10));
    const auto again = loops.ended(acme, "b", seconds(1), start + seconds(7));
    CHECK(again.due == start + seconds(10));
    CHECK_FALSE(again.begins);
}

TEST_CASE("A loop begins once, and ends after 10 minutes up") {
    CrashLoops loops;
    CHECK_FALSE(loops.ended(acme, "a", seconds(1), start).begins);
    CHECK(loops.ended(acme, "b", seconds(1), start).begins);
    CHECK_FALSE(loops.ended(acme, "c", std::nullopt, start).begins);
    CHECK(loops.is_looping(acme));
    loops.is_up(acme, minutes(10) - milliseconds(1));
    CHECK(loops.is_looping(acme));
    loops.is_up(acme, minutes(10));
    CHECK_FALSE(loops.is_looping(acme));
    CHECK(wait_of(loops, "d") == seconds(0));
}

TEST_CASE("A run of 10 minutes makes what was before it forgotten") {
    CrashLoops loops;
    wait_of(loops, "a");
    wait_of(loops, "b");
    CHECK(wait_of(loops, "c", minutes(10)) == seconds(0));
    CHECK_FALSE(loops.is_looping(acme));
}

TEST_CASE("A repair that failed waits as well, and makes no loop") {
    CrashLoops loops;
    for (const auto pause : {1, 10, 20}) {
        loops.repair_failed(acme, start);
        CHECK(loops.due(acme, start) == start + seconds(pause));
    }
    CHECK_FALSE(loops.is_looping(acme));
    CHECK_FALSE(loops.due(acme, start + seconds(20)));
}

TEST_CASE("A repair that failed long ago is forgotten") {
    CrashLoops loops;
    CHECK(loops.repair_failed(acme, start) == 1);
    CHECK(loops.repair_failed(acme, start) == 2);
    CHECK(loops.repair_failed(acme, start + minutes(11)) == 1);
}

TEST_CASE("The earliest wait of all tenants is known, and a forgotten tenant waits no more") {
    CrashLoops loops;
    CHECK_FALSE(loops.next_due(start));
    loops.repair_failed(acme, start + seconds(5));
    loops.repair_failed(other, start);
    CHECK(loops.next_due(start) == start + seconds(1));
    CHECK(loops.next_due(start + seconds(1)) == start + seconds(6));
    loops.forget(acme);
    CHECK_FALSE(loops.due(acme, start));
    loops.retain([](const TenantId& tenant) { return tenant == acme; });
    CHECK_FALSE(loops.next_due(start));
}

}  // namespace nexus::tenants
