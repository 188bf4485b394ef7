#include "config/ip_address.hpp"

#include <doctest/doctest.h>

using nexus::config::IpAddress;

TEST_CASE("addresses that only this machine or its network reaches are not public") {
    for (const char* text : {"127.0.0.1", "127.255.255.255", "10.0.0.2", "10.255.255.255",
                             "172.16.0.0", "172.31.255.255", "192.168.0.1", "169.254.169.254",
                             "100.64.0.0", "100.127.255.255", "::1", "fc00::1", "fdff::1",
                             "fe80::1", "febf::1", "::ffff:10.0.0.2", "::ffff:127.0.0.1"}) {
        CAPTURE(text);
        const auto address = IpAddress::parse(text);
        REQUIRE(address.has_value());
        CHECK_FALSE(address->is_public());
    }
}

TEST_CASE("addresses that strangers reach, and those of every interface, are public") {
    for (const char* text : {"0.0.0.0",         "::",
                             "::ffff:0.0.0.0",  "8.8.8.8",
                             "9.255.255.255",   "11.0.0.0",
                             "126.0.0.1",       "128.0.0.1",
                             "172.15.255.255",  "172.32.0.0",
                             "192.167.0.1",     "192.169.0.1",
                             "169.253.0.1",     "100.63.255.255",
                             "100.128.0.0",     "224.0.0.1",
                             "255.255.255.255", "2001:db8::1",
                             "fb00::1",         "fec0::1",
                             "ff02::1",         "::2",
                             "::ffff:8.8.8.8",  "64:ff9b::a00:2"}) {
        CAPTURE(text);
        const auto address = IpAddress::parse(text);
        REQUIRE(address.has_value());
        CHECK(address->is_public());
    }
}

TEST_CASE("loopback and unspecified addresses are known in both families") {
    CHECK(IpAddress::parse("127.1.2.3")->is_loopback());
    CHECK(IpAddress::parse("::1")->is_loopback());
    CHECK_FALSE(IpAddress::parse("::")->is_loopback());
    CHECK_FALSE(IpAddress::parse("128.0.0.1")->is_loopback());
    CHECK(IpAddress::parse("0.0.0.0")->is_unspecified());
    CHECK(IpAddress::parse("::")->is_unspecified());
    CHECK_FALSE(IpAddress::parse("::1")->is_unspecified());
    CHECK(IpAddress::parse("10.1.2.3")->v4() == 0x0a010203);
    CHECK_FALSE(IpAddress::parse("fd00::1")->is_v4());
}

TEST_CASE("what is no address is none") {
    using namespace std::string_view_literals;
    for (const auto text : {""sv, "localhost"sv, "10.0.0"sv, "10.0.0.256"sv, "010.0.0.1"sv,
                            "10.0.0.1 "sv, "10.0.0.1/8"sv, "[::1]"sv, "fe80::1%eth0"sv, "1:2:3"sv,
                            "0x7f.1"sv, "2130706433"sv, "10.0.0.1\0"sv}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text).has_value());
    }
}
