#include "base/utf8.hpp"

#include <doctest/doctest.h>

using namespace nexus;

TEST_CASE("valid sequences are known and left alone") {
    for (const char* text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                             "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
        CHECK(is_utf8(text));
        CHECK(to_utf8(text) == text);
    }
    CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("every byte that belongs to no sequence is replaced") {
    const std::string mark = "\xEF\xBF\xBD";
    CHECK(to_utf8("a\xFFz") == "a" + mark + "z");
    CHECK(to_utf8("\xC3") == mark);
    CHECK(to_utf8("\xC0\x80") == mark + mark);
    CHECK(to_utf8("\xE0\x80\x80") == mark + mark + mark);
    CHECK(to_utf8("\xED\xA0\x80") == mark + mark + mark);
    CHECK(to_utf8("\xF4\x90\x80\x80") == mark + mark + mark + mark);
    CHECK(to_utf8("\xE2\x82") == mark + mark);
    CHECK(to_utf8("\x80") == mark);
    for (const char* text : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80"})
        CHECK_FALSE(is_utf8(text));
}
