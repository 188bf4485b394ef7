#include "cli/table.hpp"

#include <doctest/doctest.h>

using nexus::cli::Table;

TEST_CASE("columns are as wide as what stands in them, in characters") {
    Table table({"", "NAME", "FREE"});
    table.add({"*", "gr\xC3\xBC\xC3\x9F", "7"});
    table.note("beneath\nit");
    table.add({"", "longer name", ""});
    CHECK(table.text() ==
          "   NAME         FREE\n"
          "*  gr\xC3\xBC\xC3\x9F         7\n"
          "    beneath\\nit\n"
          "   longer name  -\n");
}

TEST_CASE("a table without rows is its titles") {
    CHECK(Table({"NODE", "STATE"}).text() == "NODE  STATE\n");
}
