#include "cli/progress_line.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

using namespace nexus::cli;

TEST_CASE("a progress line is cut between characters, never within one") {
    CHECK(fitting("acme", 10) == "acme");
    CHECK(fitting("acme", 4) == "acme");
    CHECK(fitting("acme", 3) == "acm");
    CHECK(fitting("\u00e4\u00f6\u20ac\U0001f600x", 4) == "\u00e4\u00f6\u20ac\U0001f600");
    CHECK(fitting("\u00e4\u00f6\u20ac", 2) == "\u00e4\u00f6");
    CHECK(fitting("", 4).empty());
    CHECK(fitting("acme", 0).empty());
}

TEST_CASE(
    "a number of bytes is shown in the unit that leaves one to three digits before the point") {
    const std::pair<std::int64_t, const char*> cases[] = {
        {0, "0 B"},
        {1, "1 B"},
        {713, "713 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1049, "1.0 kB"},
        {9940, "9.9 kB"},
        {9960, "10 kB"},
        {999'400, "999 kB"},
        {999'600, "1.0 MB"},
        {3'420'000, "3.4 MB"},
        {12'000'000'000, "12 GB"},
        {std::numeric_limits<std::int64_t>::max(), "9.2 EB"},
    };
    for (const auto& [bytes, text] : cases)
        CHECK(shown_bytes(bytes) == text);
}

TEST_CASE("a count has its noun in the plural unless it is one") {
    CHECK(counted(0, "blob") == "0 blobs");
    CHECK(counted(1, "blob") == "1 blob");
    CHECK(counted(2, "blob") == "2 blobs");
}
