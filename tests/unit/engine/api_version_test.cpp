#include "engine/api_version.hpp"

#include <doctest/doctest.h>

namespace nexus::engine {
namespace {

TEST_CASE("an API version is two numbers") {
    CHECK(parse_api_version("1.41") == ApiVersion{1, 41});
    CHECK(parse_api_version("2.0") == ApiVersion{2, 0});
    CHECK(ApiVersion{1, 9} < ApiVersion{1, 41});
    CHECK(ApiVersion{1, 41}.text() == "1.41");
    for (const char* text : {"", "1", "1.", ".41", "1.41.0", "1.x", "v1.41", "1 .41", "-1.41",
                             "1.-4", "99999999999.1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_api_version(text));
    }
}

}  // namespace
}  // namespace nexus::engine
