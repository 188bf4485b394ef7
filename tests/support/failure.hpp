// What a job or a verb fails with. Threads: any.
#pragma once

#include <doctest/doctest.h>

#include "base/failure.hpp"

namespace nexus::test {

// What `act` throws; ends the test case where it throws nothing.
template <typename Act>
Failure failure_of(const Act& act) {
    try {
        act();
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("nothing was thrown");
    return {ErrorCode::internal, ""};
}

}  // namespace nexus::test
