#include "base/timestamp.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace nexus;

TEST_CASE("a time is read as it is written") {
    struct Row {
        const char* text;
        const char* written;
    };
    for (const Row& row : {Row{"2026-11-23T10:00:00.123Z", "2026-11-23T10:00:00.123Z"},
                           Row{"2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000Z"},
                           Row{"2026-11-23t10:00:00.5z", "2026-11-23T10:00:00.500Z"},
                           Row{"2026-11-23 10:00:00.123456789Z", "2026-11-23T10:00:00.123Z"},
                           Row{"2026-11-23T10:00:00+02:30", "2026-11-23T07:30:00.000Z"},
                           Row{"2026-12-31T23:00:00-02:00", "2027-01-01T01:00:00.000Z"},
                           Row{"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
                           Row{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
                           Row{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
                           Row{"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
                           Row{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"}}) {
        CAPTURE(row.text);
        const auto time = parse_timestamp(row.text);
        REQUIRE(time.has_value());
        CHECK(format_timestamp(*time) == row.written);
    }
}

TEST_CASE("what is no RFC 3339 time is none") {
    for (const char* text : {"",
                             "now",
                             "2026-11-23",
                             "2026-11-23T10:00:00",
                             "2026-11-23T10:00Z",
                             "2026-11-23T10:00:00.Z",
                             "2026-11-23T10:00:00.1234567890Z",
                             "2026-11-23T10:00:00Z ",
                             " 2026-11-23T10:00:00Z",
                             "2026-11-23T10:00:00ZZ",
                             "2026-13-01T10:00:00Z",
                             "2026-00-01T10:00:00Z",
                             "2026-11-31T10:00:00Z",
                             "2025-02-29T10:00:00Z",
                             "2026-11-23T24:00:00Z",
                             "2026-11-23T10:60:00Z",
                             "2026-11-23T10:00:61Z",
                             "2026-11-23T10:00:00+2:00",
                             "2026-11-23T10:00:00+24:00",
                             "2026-11-23T10:00:00+02:60",
                             "2026-11-23T10:00:00+0200",
                             "26-11-23T10:00:00Z",
                             "+2026-11-23T10:00:00Z",
                             "2026/11/23T10:00:00Z",
                             "2026-11-23T-1:00:00Z",
                             "1764000000"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text).has_value());
    }
}

TEST_CASE("now survives being written and read") {
    const auto now = wall_now();
    CHECK((parse_timestamp(format_timestamp(now)) == now));
}
