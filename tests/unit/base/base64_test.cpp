#include "base/base64.hpp"

#include <doctest/doctest.h>

namespace nexus {
namespace {

TEST_CASE("bytes become the base64 of the standard and come back") {
    using namespace std::string_literals;
    struct Case {
        std::string bytes;
        std::string text;
    };
    for (const auto& [bytes, text] :
         {Case{"", ""}, Case{"f", "Zg=="}, Case{"fo", "Zm8="}, Case{"foo", "Zm9v"},
          Case{"foobar", "Zm9vYmFy"}, Case{"\0\xff\xfe"s, "AP/+"}, Case{"\0"s, "AA=="}}) {
        CHECK(to_base64(bytes) == text);
        CHECK(from_base64(text) == bytes);
    }
    std::string all;
    for (int i = 0; i < 1000; ++i)
        all += static_cast<char>(i * 7);
    CHECK(from_base64(to_base64(all)) == all);
}

TEST_CASE("text that is not the base64 of any bytes is nothing") {
    for (const char* text :
         {"A", "AA", "AAA", "AA=", "A===", "=", "====", "AB==", "AAB=", "AAAA=", "AA==AAAA", "AA=A",
          "AAAA AAAA", "AAAA\n", "AA-_", "\xff\xff\xff\xff"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text));
    }
}

}  // namespace
}  // namespace nexus
