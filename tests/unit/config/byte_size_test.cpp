#include "config/byte_size.hpp"

#include <doctest/doctest.h>

#include <string>

using nexus::config::parse_byte_size;

TEST_CASE("sizes are bytes, or powers of 1024 with k, m and g") {
    struct Row {
        const char* text;
        std::int64_t expected;
    };
    for (const Row& row :
         {Row{"0", 0}, Row{"65536", 65536}, Row{"1k", 1024}, Row{"1152m", 1207959552},
          Row{"2g", 2147483648}, Row{"1073741823g", 1152921503533105152}}) {
        const auto& text = row.text;
        const auto& expected = row.expected;
        CAPTURE(text);
        const auto parsed = parse_byte_size(text);
        REQUIRE(std::holds_alternative<std::int64_t>(parsed));
        CHECK(std::get<std::int64_t>(parsed) == expected);
    }
}

TEST_CASE("a size that is not understood is refused with the mend") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"", "whole number"}, Row{"m", "whole number"}, Row{"-1", "whole number"},
          Row{"1.5g", "whole number"}, Row{"1M", "whole number"}, Row{"1mb", "whole number"},
          Row{"1 m", "whole number"}, Row{"1t", "whole number"}, Row{"1073741824g", "too big"},
          Row{"9223372036854775808", "too big"}, Row{"99999999999999999999", "too big"}}) {
        const auto& text = row.text;
        const auto& part = row.part;
        CAPTURE(text);
        const auto parsed = parse_byte_size(text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find(part) != std::string::npos);
    }
}
