#include "config/percent.hpp"

#include <doctest/doctest.h>

using nexus::config::percent_decoded;

TEST_CASE("percent-encoding is decoded byte by byte") {
    CHECK(percent_decoded("") == "");
    CHECK(percent_decoded("plain") == "plain");
    CHECK(percent_decoded("a%40b%2Fc%2fd") == "a@b/c/d");
    CHECK(percent_decoded("%25") == "%");
    CHECK(percent_decoded("%C3%A9") == "\xC3\xA9");
}

TEST_CASE("a percent sign without two hexadecimal digits decodes to nothing") {
    for (const char* text : {"%", "%4", "a%", "%4g", "%g4", "%%40", "%-1", "%00"}) {
        CAPTURE(text);
        CHECK_FALSE(percent_decoded(text).has_value());
    }
}
