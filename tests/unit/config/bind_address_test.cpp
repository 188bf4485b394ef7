#include "config/bind_address.hpp"

#include <doctest/doctest.h>

using namespace nexus::config;

TEST_CASE("a bind address reads and writes the same text") {
    for (const char* text :
         {"127.0.0.1:8000", "0.0.0.0:65535", "[::1]:8000", "[::]:1", "127.0.0.1:0"}) {
        CAPTURE(text);
        const auto parsed = parse_bind_address(text);
        REQUIRE(std::holds_alternative<BindAddress>(parsed));
        CHECK(std::get<BindAddress>(parsed).text() == text);
    }
    CHECK(std::get<BindAddress>(parse_bind_address("[::1]:80")) == BindAddress{"::1", 80});
}

TEST_CASE("a bind address that is none is refused with the mend") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"", "no port"}, Row{"127.0.0.1", "no port"}, Row{"127.0.0.1:", "bad port"},
          Row{"127.0.0.1:65536", "bad port"}, Row{"127.0.0.1:80a", "bad port"},
          Row{"localhost:8000", "not a name"}, Row{":8000", "not a name"},
          Row{"[127.0.0.1]:80", "not a name"}, Row{"[]:80", "not a name"},
          Row{"::1:8000", "without brackets"}, Row{"http://127.0.0.1:80", "without brackets"}}) {
        const auto& text = row.text;
        const auto& part = row.part;
        CAPTURE(text);
        const auto parsed = parse_bind_address(text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find(part) != std::string::npos);
    }
}

TEST_CASE("a host address alone has no port, no credentials and no scheme") {
    CHECK_FALSE(host_address_problem("10.0.0.2").has_value());
    CHECK_FALSE(host_address_problem("fd00::1").has_value());
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"redis://10.0.0.2", "is a URL"}, Row{"http://u:p@10.0.0.2:1", "is a URL"},
          Row{"default:pw@10.0.0.2", "holds credentials"}, Row{"10.0.0.2:6379", "has a port"},
          Row{"[fd00::1]:1", "has a port"}, Row{"", "must be an IP address"},
          Row{"control", "must be an IP address"}, Row{"10.0.0.2/24", "must be an IP address"}}) {
        const auto& text = row.text;
        const auto& part = row.part;
        CAPTURE(text);
        const auto problem = host_address_problem(text);
        REQUIRE(problem.has_value());
        CHECK(problem->find(part) != std::string::npos);
        CHECK(problem->find("pw") == std::string::npos);
    }
}

TEST_CASE("only an address can be public") {
    CHECK(is_public_host("0.0.0.0"));
    CHECK(is_public_host("::"));
    CHECK(is_public_host("203.0.113.7"));
    CHECK_FALSE(is_public_host("10.0.0.2"));
    CHECK_FALSE(is_public_host(""));
    CHECK_FALSE(is_public_host("example.org"));
}
