#include "config/duration.hpp"

#include <doctest/doctest.h>

#include <string>

using nexus::config::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("durations are a whole number and a unit") {
    struct Row {
        const char* text;
        std::chrono::milliseconds expected;
    };
    for (const Row& row :
         {Row{"0", 0ms}, Row{"0s", 0ms}, Row{"1500ms", 1500ms}, Row{"30s", 30s}, Row{"10m", 10min},
          Row{"168h", 168h}, Row{"007s", 7s}, Row{"87672h", 87672h}}) {
        const auto& text = row.text;
        const auto& expected = row.expected;
        CAPTURE(text);
        const auto parsed = parse_duration(text);
        REQUIRE(std::holds_alternative<std::chrono::milliseconds>(parsed));
        CHECK(std::get<std::chrono::milliseconds>(parsed) == expected);
    }
}

TEST_CASE("a duration that is not understood is refused with the mend") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"", "whole number"}, Row{"s", "whole number"}, Row{"-1s", "whole number"},
          Row{"30", "no unit"}, Row{"00030", "no unit"}, Row{"7d", "unknown unit"},
          Row{"1.5s", "unknown unit"}, Row{"30 s", "unknown unit"}, Row{"30S", "unknown unit"},
          Row{"1h30m", "unknown unit"}, Row{"87673h", "too long"},
          Row{"9223372036854775807ms", "too long"}, Row{"99999999999999999999s", "too long"}}) {
        const auto& text = row.text;
        const auto& part = row.part;
        CAPTURE(text);
        const auto parsed = parse_duration(text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find(part) != std::string::npos);
    }
}
