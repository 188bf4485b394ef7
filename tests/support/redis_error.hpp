// What a call of core/redis throws, as values that a test can look at. Threads: any.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "redis/error.hpp"

namespace nexus::test {

struct Caught {
    redis::ErrorKind kind{};
    std::string message;
    bool says(const std::string& text) const { return message.find(text) != std::string::npos; }
};

// Ends the test case where nothing is thrown.
inline Caught caught(const std::function<void()>& action) {
    try {
        action();
    } catch (const redis::Error& error) {
        return {error.kind(), error.what()};
    }
    FAIL("nothing was thrown");
    return {};
}

}  // namespace nexus::test
