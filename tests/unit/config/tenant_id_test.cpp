#include "config/tenant_id.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <unordered_set>

using nexus::config::TenantId;
using namespace std::string_view_literals;

TEST_CASE("a tenant id keeps its text") {
    const std::string longest(64, 'a');
    for (const std::string& text : {std::string("acme"), std::string("a-b"), std::string("0_9"),
                                    std::string("a__"), longest}) {
        CAPTURE(text);
        const auto tenant = TenantId::parse(text);
        REQUIRE(tenant.has_value());
        CHECK(tenant->text() == text);
    }
}

TEST_CASE("what does not match as a whole is no tenant id") {
    for (const std::string_view text :
         {""sv, "a"sv, "ab"sv, "-ab"sv, "_ab"sv, "Acme"sv, "acmE"sv, "ac me"sv, "acme\n"sv,
          "acme/x"sv, "../x"sv, "acme."sv, "acm\0"sv, "\xC3\xA9zz"sv, "acme "sv, " acme"sv}) {
        CAPTURE(text);
        CHECK_FALSE(TenantId::parse(text).has_value());
    }
    CHECK_FALSE(TenantId::parse(std::string(65, 'a')).has_value());
}

TEST_CASE("tenant ids can be compared, sorted and hashed") {
    const auto one = *TenantId::parse("acme");
    const auto other = *TenantId::parse("beta");
    CHECK(one == *TenantId::parse("acme"));
    CHECK(one < other);
    CHECK(std::set<TenantId>{other, one}.begin()->text() == "acme");
    CHECK(std::unordered_set<TenantId>{one, one, other}.size() == 2);
}
