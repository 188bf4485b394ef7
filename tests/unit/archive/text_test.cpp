#include "archive/text.hpp"

#include <doctest/doctest.h>

namespace nexus::archive {
namespace {

TEST_CASE("a foreign text becomes one short line") {
    const struct {
        std::string given, expected;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"  \r\n around \n", "around"},
        {"two\nlines\tand a tab", "two lines and a tab"},
        {std::string("nul\0byte", 8), "nul byte"},
        {"\x1b[31mred\x7f!", "[31mred !"},
        {" \n\t ", ""},
        {std::string(512, 'a'), std::string(512, 'a')},
        {std::string(513, 'a'), std::string(512, 'a')},
    };
    for (const auto& c : cases)
        CHECK(short_text(c.given) == c.expected);
}

TEST_CASE("a long foreign text is cut between characters") {
    const std::string euro = "\xE2\x82\xAC";
    CHECK(short_text(std::string(511, 'a') + euro) == std::string(511, 'a'));
    CHECK(short_text(std::string(509, 'a') + euro + "b") == std::string(509, 'a') + euro);
    CHECK(short_text(std::string(4096, '\x80')).empty());
}

}  // namespace
}  // namespace nexus::archive
