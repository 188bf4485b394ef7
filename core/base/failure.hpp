// Why a job failed, as its producer sees it: the error codes of results. Values and exceptions of
// this type may be used from any thread.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace nexus {

enum class ErrorCode {
    invalid_job,
    invalid_tenant_id,
    invalid_config_item,
    tenant_not_found,
    tenant_exists_elsewhere,
    image_invalid,
    image_unavailable,
    image_rolled_back,
    snapshot_not_found,
    snapshot_corrupt,
    backend_unavailable,
    backend_failed,
    conflict,
    exhausted,
    timeout,
    deadline,
    poison,
    cancelled,
    internal,
};

std::string_view to_string(ErrorCode code) noexcept;

// Thrown where a job cannot go on. The message says what happened and what to do, and never holds a
// secret. `retryable`: the same job may succeed later without anybody mending anything.
class Failure : public std::runtime_error {
  public:
    Failure(ErrorCode code, const std::string& message, bool retryable = false,
            std::string data = "{}")
        : std::runtime_error(message),
          code_(code),
          retryable_(retryable),
          data_(std::make_shared<const std::string>(std::move(data))) {}
    ErrorCode code() const noexcept { return code_; }
    bool retryable() const noexcept { return retryable_; }
    // A JSON object that goes into the result's `data`, such as the last log lines.
    const std::string& data() const noexcept { return *data_; }

  private:
    ErrorCode code_;
    bool retryable_;
    std::shared_ptr<const std::string> data_;  // shared: copying an exception must not throw
};

}  // namespace nexus
