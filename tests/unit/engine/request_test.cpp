#include "engine/request.hpp"

#include <doctest/doctest.h>

namespace nexus::engine {
namespace {

TEST_CASE("what goes into a target is percent-encoded") {
    CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
    CHECK(percent_encode("a/b c?d&e%\n\xff") == "a%2Fb%20c%3Fd%26e%25%0A%FF");
    CHECK(percent_encode("host:5000/a@b", "/:@") == "host:5000/a@b");
    CHECK(with_query("/x", {}) == "/x");
    CHECK(with_query("/x", {{"a", "1"}, {"b", "{\"c\"}"}}) == "/x?a=1&b=%7B%22c%22%7D");
}

TEST_CASE("filters are JSON") {
    CHECK(filters({{"label", {"a=\"b\"", "c"}}}) == R"({"label":["a=\"b\"","c"]})");
}

TEST_CASE("the label of a request shows neither its query nor its body") {
    Request request{"POST", "/images/create?fromImage=a&tag=b", "{}"};
    request.headers["X-Registry-Auth"] = "secret";
    CHECK(request.label() == "POST /images/create");
}

}  // namespace
}  // namespace nexus::engine
