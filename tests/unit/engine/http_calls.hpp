// HttpClient in front of a FakeEngine. Threads: one at a time.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>

#include "engine/http_client.hpp"
#include "unit/engine/fake_engine.hpp"

namespace nexus::engine {

inline Engine at(const std::string& endpoint) {
    return {"Docker Engine", "dockerd", parse_endpoint(endpoint)};
}

// Runs `call` and checks that it ends with `code`, and soon.
inline void check_ends_soon(Code code, const std::function<void()>& call) {
    const auto begin = std::chrono::steady_clock::now();
    const BackendError error = error_of(call);
    CHECK(error.code() == code);
    CHECK(error.retryable());
    CHECK(std::chrono::steady_clock::now() - begin < test::soon);
}

}  // namespace nexus::engine
