#include "config/host_port.hpp"

#include <doctest/doctest.h>

using namespace nexus::config;

TEST_CASE("a host and port are taken apart") {
    struct Row {
        const char* text;
        HostPort expected;
    };
    for (const Row& row : {Row{"redis:6379", {"redis", 6379}}, Row{"10.0.0.2:1", {"10.0.0.2", 1}},
                           Row{"my_redis.internal:65535", {"my_redis.internal", 65535}},
                           Row{"[fd00::1]:6379", {"fd00::1", 6379}}}) {
        const auto& text = row.text;
        const auto& expected = row.expected;
        CAPTURE(text);
        const auto parsed = parse_host_port(text);
        REQUIRE(std::holds_alternative<HostPort>(parsed));
        CHECK(std::get<HostPort>(parsed) == expected);
    }
    CHECK(std::get<HostPort>(parse_host_port("redis", 26379)) == HostPort{"redis", 26379});
    CHECK(std::get<HostPort>(parse_host_port("[::1]", 26379)) == HostPort{"::1", 26379});
}

TEST_CASE("a malformed host and port are refused with the mend") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"", "no host"}, Row{":6379", "no host"}, Row{"redis", "no port"},
          Row{"redis:", "bad port"}, Row{"redis:0", "bad port"}, Row{"redis:65536", "bad port"},
          Row{"redis:+1", "bad port"}, Row{"redis:6379x", "bad port"}, Row{"fd00::1", "brackets"},
          Row{"[fd00::1:6379", "']'"}, Row{"[redis]:1", "no IPv6"}, Row{"[10.0.0.1]:1", "no IPv6"},
          Row{"[]:1", "no IPv6"}, Row{"[::1]6379", "behind the brackets"},
          Row{"re dis:1", "neither a name"}, Row{"-redis:1", "neither a name"},
          Row{"r%41:1", "neither a name"}}) {
        const auto& text = row.text;
        const auto& part = row.part;
        CAPTURE(text);
        const auto parsed = parse_host_port(text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find(part) != std::string::npos);
    }
}

TEST_CASE("a list of places may have blanks, and a bad entry is named by its number") {
    const auto parsed = parse_host_ports("a:1, b:2 ,[::1]:3");
    REQUIRE(std::holds_alternative<std::vector<HostPort>>(parsed));
    CHECK(std::get<std::vector<HostPort>>(parsed) ==
          std::vector<HostPort>{{"a", 1}, {"b", 2}, {"::1", 3}});
    for (const char* text : {"a:1,b", "a:1,", "a:1,,b:2"}) {
        CAPTURE(text);
        const auto refused = parse_host_ports(text);
        REQUIRE(std::holds_alternative<std::string>(refused));
        CHECK(std::get<std::string>(refused).find("entry 2 ") == 0);
    }
}

TEST_CASE("localhost and loopback addresses are this machine") {
    for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"})
        CHECK(is_loopback_host(host));
    for (const char* host : {"", "redis", "10.0.0.2", "0.0.0.0", "::", "localhost.evil.org"})
        CHECK_FALSE(is_loopback_host(host));
}
