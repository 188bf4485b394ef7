#include "config/leftover.hpp"

#include <doctest/doctest.h>

using namespace nexus::config;

TEST_CASE("quotes, ends of lines and placeholders that were left in are named") {
    const struct {
        const char* text;
        const char* part;
    } rows[] = {
        {R"("redis://default:hunter2@10.0.0.2")", "has quotes around it"},
        {"'worker-1'", "has quotes around it"},
        {R"('{"endpoint": "x"}')", "has quotes around it"},
        {"\"\"", "has quotes around it"},
        {"worker-1\r", "ends with a carriage return"},
        {"redis://default:<password>@10.0.0.2", "placeholder (<)"},
        {"redis://default:REPLACE_WITH_PASSWORD@10.0.0.2", "placeholder (REPLACE_WITH)"},
        {"ghcr.io/your-org/nexus", "placeholder (your-org)"},
        {"<a><b c>", "placeholder (<)"},
        {R"({"password": "REPLACE_WITH_PASSWORD"})", "placeholder (REPLACE_WITH)"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto problem = leftover_problem(row.text);
        REQUIRE(problem);
        CHECK(problem->find(row.part) != std::string::npos);
        CHECK(problem->find("hunter2") == std::string::npos);
    }
}

TEST_CASE("what only looks like it is left alone") {
    for (const char* text : {"", "\"", "'", "a\"b\"", "<", "a<b", "<>", "<&>", "a>b<c", "7d 4w",
                             R"({"name": "<tenant>"})", "redis://:%3Cpw%3E@h"}) {
        CAPTURE(text);
        CHECK_FALSE(leftover_problem(text));
    }
}
