#include "queue/in_flight.hpp"

#include <doctest/doctest.h>

using nexus::queue::InFlight;
using nexus::queue::OutboxItem;
using Standing = InFlight::Standing;

namespace {

OutboxItem end_of(const std::string& job, const std::string& state) {
    OutboxItem item{OutboxItem::Kind::finished};
    item.job_id = job;
    item.state = state;
    item.result = "result of " + job;
    return item;
}

}  // namespace

TEST_CASE("what may be read is bounded by entries and by bytes") {
    InFlight in_flight({3, 100, 2, 1000});
    CHECK(in_flight.room() == 3);
    CHECK(in_flight.begin("1-0", 60));
    CHECK(in_flight.room() == 2);
    CHECK(in_flight.begin("2-0", 60));
    CHECK(in_flight.room() == 0);
    in_flight.end("1-0");
    CHECK(in_flight.room() == 2);
    in_flight.end("1-0");
    CHECK(in_flight.size() == 1);
}

TEST_CASE("an entry that is here is not taken twice") {
    InFlight in_flight({3, 100, 2, 1000});
    CHECK(in_flight.begin("1-0", 1));
    CHECK_FALSE(in_flight.begin("1-0", 1));
}

TEST_CASE("a repeated job follows the one that is here until it is closed") {
    InFlight in_flight({9, 100, 2, 1000});
    CHECK(in_flight.lead("j1", {"1-0", "a"}).standing == Standing::first);
    CHECK(in_flight.lead("j1", {"2-0", "b"}).standing == Standing::repeated);
    CHECK(in_flight.lead("j1", {"3-0", ""}).standing == Standing::repeated);
    const auto followers = in_flight.close("j1");
    REQUIRE(followers.size() == 2);
    CHECK(followers[0].entry_id == "2-0");
    CHECK(followers[0].reply_to == "b");
    CHECK(in_flight.close("j1").empty());
    CHECK(in_flight.lead("j1", {"4-0", ""}).standing == Standing::first);
}

TEST_CASE("a job that ended here is known, the last few of them, and a failed one is not") {
    InFlight in_flight({9, 100, 2, 1000});
    for (const char* id : {"a", "b", "c"}) {
        in_flight.lead(id, {});
        in_flight.close(end_of(id, "succeeded"));
    }
    in_flight.lead("bad", {});
    in_flight.close(end_of("bad", "failed"));
    CHECK(in_flight.lead("a", {}).standing == Standing::first);
    CHECK(in_flight.lead("bad", {}).standing == Standing::first);
    const auto known = in_flight.lead("c", {});
    CHECK(known.standing == Standing::ended);
    REQUIRE(known.result);
    CHECK(known.result->result == "result of c");
}

TEST_CASE("the results that are remembered are bounded by their bytes") {
    InFlight in_flight({9, 100, 99, 30});
    for (const char* id : {"a", "b", "c"})
        in_flight.close(end_of(id, "succeeded"));
    CHECK(in_flight.lead("a", {}).standing == Standing::first);
    CHECK(in_flight.lead("c", {}).standing == Standing::ended);
}
