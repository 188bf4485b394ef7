#include "base/random.hpp"

#include <doctest/doctest.h>

#include <set>

TEST_CASE("ids are 26 capital letters and digits and never repeat") {
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i) {
        const auto id = nexus::make_id();
        CHECK(id.size() == 26);
        CHECK(id.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == std::string::npos);
        ids.insert(id);
    }
    CHECK(ids.size() == 1000);
}

TEST_CASE("ids sort by the time that they were made at") {
    const auto earlier = nexus::make_id().substr(0, 10);
    const auto later = nexus::make_id().substr(0, 10);
    CHECK(earlier <= later);
}

TEST_CASE("secrets are 32 capital letters and digits and never repeat") {
    const auto secret = nexus::make_secret();
    CHECK(secret.size() == 32);
    CHECK(secret.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == std::string::npos);
    CHECK(secret != nexus::make_secret());
}
