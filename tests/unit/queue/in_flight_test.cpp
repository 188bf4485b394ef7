#include "queue/in_flight.hpp"

#include <doctest/doctest.h>

using nexus::queue::InFlight;

TEST_CASE("what may be read is bounded by entries and by bytes") {
    InFlight in_flight(3, 100);
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
    InFlight in_flight(3, 100);
    CHECK(in_flight.begin("1-0", 1));
    CHECK_FALSE(in_flight.begin("1-0", 1));
}

TEST_CASE("a repeated job follows the one that is here until it is closed") {
    InFlight in_flight(9, 100);
    CHECK(in_flight.lead("j1", {"1-0", "a"}));
    CHECK_FALSE(in_flight.lead("j1", {"2-0", "b"}));
    CHECK_FALSE(in_flight.lead("j1", {"3-0", ""}));
    const auto followers = in_flight.close("j1");
    REQUIRE(followers.size() == 2);
    CHECK(followers[0].entry_id == "2-0");
    CHECK(followers[0].reply_to == "b");
    CHECK(in_flight.close("j1").empty());
    CHECK(in_flight.lead("j1", {"4-0", ""}));
}
