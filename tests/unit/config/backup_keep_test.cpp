#include "config/backup_keep.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace nexus::config;

TEST_CASE("counts of days, weeks and months come in any order") {
    struct Row {
        const char* text;
        BackupKeep expected;
    };
    for (const Row& row :
         {Row{"7d 4w 6m", {7, 4, 6}}, Row{"6m 7d", {7, 0, 6}}, Row{"  1w  ", {0, 1, 0}},
          Row{"0d 3m", {0, 0, 3}}, Row{"3660d", {3660, 0, 0}}}) {
        const auto& text = row.text;
        const auto& expected = row.expected;
        CAPTURE(text);
        const auto parsed = parse_backup_keep(text);
        REQUIRE(std::holds_alternative<BackupKeep>(parsed));
        CHECK(std::get<BackupKeep>(parsed) == expected);
    }
}

TEST_CASE("counts that keep nothing or are malformed are refused") {
    for (const char* text : {"", " ", "0d", "0d 0w 0m", "7", "d", "7y", "7d 7d", "0d 7d", "-7d",
                             "7d,4w", "7 d", "3661d", "7D", "99999999999999999999d"}) {
        CAPTURE(text);
        const auto parsed = parse_backup_keep(text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(std::get<std::string>(parsed).find("7d 4w 6m") != std::string::npos);
    }
}
