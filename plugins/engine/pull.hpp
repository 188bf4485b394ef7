// A pull: a stream of one JSON object a line, in which both engines hide errors behind a status of
// success. Threads: one at a time.
#pragma once

#include <chrono>
#include <memory>
#include <nexus/backend.hpp>
#include <nexus/plugin.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/api_client.hpp"

namespace nexus::engine {

// What one kind of engine's lines mean.
class PullProgress {
  public:
    PullProgress() = default;
    PullProgress(const PullProgress&) = delete;
    PullProgress& operator=(const PullProgress&) = delete;
    virtual ~PullProgress() = default;

    // Takes one line. Throws codec::Malformed for one that is no JSON object of the right shape.
    virtual void line(std::string_view json) = 0;
    // How far it is, in a few words.
    virtual std::string summary() const = 0;

    // The engine's sentence about what went wrong, once one came; the first counts.
    const std::optional<std::string>& error() const noexcept { return error_; }
    // Whether the engine has said that the image is there now. A stream that ends without this
    // failed, whatever its status.
    bool succeeded() const noexcept { return succeeded_ && !error_; }

  protected:
    void fail(std::string_view sentence);
    void succeed() noexcept { succeeded_ = true; }

  private:
    std::optional<std::string> error_;
    bool succeeded_ = false;
};

// Lets something through at most once in an interval, the first time only after one has passed.
class RateLimit {
  public:
    using Clock = std::chrono::steady_clock;
    RateLimit(Clock::duration interval, Clock::time_point now) : interval_(interval), last_(now) {}
    bool passes(Clock::time_point now);

  private:
    Clock::duration interval_;
    Clock::time_point last_;
};

// Runs `request`, whose lines `progress` reads, and logs how far it is. Throws BackendError where
// the image is not there afterwards; `what` is "pulling image a:1".
void pull(const CallContext& ctx, ApiClient& client, const PluginHost& host, const Request& request,
          const std::string& what, PullProgress& progress);

}  // namespace nexus::engine
