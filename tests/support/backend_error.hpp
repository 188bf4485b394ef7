// What a call of a backend fails with. Threads: any.
#pragma once

#include <doctest/doctest.h>

#include <nexus/backend.hpp>

namespace nexus::test {

// What `call` throws; ends the test case where it throws nothing.
template <typename Call>
BackendError error_of(const Call& call) {
    try {
        call();
    } catch (const BackendError& error) {
        return error;
    }
    FAIL("nothing was thrown");
    return {Code::ok, "", false};
}

}  // namespace nexus::test
