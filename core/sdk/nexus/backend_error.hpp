// How a backend says that an operation failed. Threads: plain values.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nexus {

// Why an operation failed; the meanings stand in <nexus/backend_abi.h>.
enum class Code : std::int32_t {
    ok,
    not_found,
    exists,
    conflict,
    invalid,
    denied,
    unsupported,
    unavailable,
    timeout,
    cancelled,
    exhausted,
    internal,
};

// "not_found" and so on; "internal" for a value that is not in the set.
std::string_view to_string(Code code) noexcept;

// The one exception that a backend's methods throw. `retryable` says that the same call may succeed
// later without anybody mending anything. The message is for people and never holds a credential.
class BackendError : public std::runtime_error {
  public:
    BackendError(Code code, const std::string& message, bool retryable)
        : std::runtime_error(message), code_(code), retryable_(retryable) {}
    Code code() const noexcept { return code_; }
    bool retryable() const noexcept { return retryable_; }

  private:
    Code code_;
    bool retryable_;
};

}  // namespace nexus
