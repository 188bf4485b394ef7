#include "base/failure.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace nexus;

TEST_CASE("every error code has a name of its own") {
    std::set<std::string> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
        names.insert(std::string(to_string(static_cast<ErrorCode>(code))));
    CHECK(names.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);
    CHECK(to_string(ErrorCode::tenant_exists_elsewhere) == "tenant_exists_elsewhere");
}

TEST_CASE("a failure keeps its code, its message and whether to try again") {
    const Failure failure(ErrorCode::timeout, "too slow", true);
    CHECK((failure.code() == ErrorCode::timeout));
    CHECK(std::string(failure.what()) == "too slow");
    CHECK(failure.retryable());
    CHECK_FALSE(Failure(ErrorCode::conflict, "x").retryable());
}
