#include "config/cidr.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace nexus::config;

TEST_CASE("a network is its first address and a prefix") {
    struct Row {
        const char* text;
        Ipv4Network expected;
    };
    for (const Row& row :
         {Row{"10.231.0.0/16", {0x0ae70000, 16}}, Row{"10.0.0.0/8", {0x0a000000, 8}},
          Row{"192.168.7.16/28", {0xc0a80710, 28}}}) {
        const auto& text = row.text;
        const auto& expected = row.expected;
        CAPTURE(text);
        const auto parsed = parse_ipv4_network(text);
        REQUIRE(std::holds_alternative<Ipv4Network>(parsed));
        CHECK(std::get<Ipv4Network>(parsed) == expected);
        CHECK(std::get<Ipv4Network>(parsed).text() == text);
    }
}

TEST_CASE("a network that is none, or gives no tenant a /28, is refused with the mend") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row : {Row{"", "no prefix"}, Row{"10.231.0.0", "no prefix"}, Row{"/16", "IPv4"},
                           Row{"10.231.0/16", "IPv4"}, Row{"10.231.0.256/16", "IPv4"},
                           Row{"fd00::/16", "IPv4"}, Row{"10.231.0.0/", "8 to 28"},
                           Row{"10.231.0.0/29", "8 to 28"}, Row{"0.0.0.0/0", "8 to 28"},
                           Row{"10.231.0.0/-1", "8 to 28"}, Row{"10.231.0.0/16/16", "8 to 28"},
                           Row{"10.231.0.1/16", "bits set"}, Row{"10.231.0.8/28", "bits set"}}) {
        const auto& text = row.text;
        const auto& part = row.part;
        CAPTURE(text);
        const auto parsed = parse_ipv4_network(text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find(part) != std::string::npos);
    }
}
