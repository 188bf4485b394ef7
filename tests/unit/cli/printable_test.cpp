#include "cli/printable.hpp"

#include <doctest/doctest.h>

using nexus::cli::printable;

TEST_CASE("text of strangers is shown without what a terminal would obey") {
    const struct {
        std::string text, shown;
    } rows[] = {
        {"", ""},
        {"plain ~ \"text\" \\", "plain ~ \"text\" \\"},
        {"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80",
         "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
        {"\x1b[31mred", "\\x1b[31mred"},
        {std::string("\0\x7f", 2), "\\x00\\x7f"},
        {"\xC2\x9B"
         "31m",
         "\\xc2\\x9b"
         "31m"},
        {"\xC2\xA0", "\xC2\xA0"},
        {"cut \xE2\x82", "cut \\xe2\\x82"},
        {"\xFF\xC0\x80", "\\xff\\xc0\\x80"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.shown);
        CHECK(printable(row.text) == row.shown);
    }
}
