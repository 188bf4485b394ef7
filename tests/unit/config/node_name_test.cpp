#include "config/node_name.hpp"

#include <doctest/doctest.h>

using nexus::config::node_name_problem;

TEST_CASE("a node name is lower-case letters, digits, dots and hyphens") {
    for (const std::string& text : {std::string("w"), std::string("worker-1"),
                                    std::string("10.example.org"), std::string(63, 'a')}) {
        CAPTURE(text);
        CHECK_FALSE(node_name_problem(text).has_value());
    }
}

TEST_CASE("anything else is refused with the form that is right") {
    for (const std::string& text : {std::string(""), std::string("Worker"), std::string("-w"),
                                    std::string(".w"), std::string("w_1"), std::string("w 1"),
                                    std::string("w\n"), std::string("w:1"), std::string(64, 'a')}) {
        CAPTURE(text);
        const auto problem = node_name_problem(text);
        REQUIRE(problem.has_value());
        CHECK(problem->find("worker-1") != std::string::npos);
    }
}
