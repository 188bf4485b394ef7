// The stream of a pull: one JSON object a line, errors and success among them.
// Threads: one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nexus::docker {

class PullProgress {
  public:
    // Takes one line. Throws codec::Malformed for one that is no JSON object of the right shape.
    void line(std::string_view json);

    // The engine's sentence about what went wrong, once one came.
    const std::optional<std::string>& error() const noexcept { return error_; }
    // Whether the engine has said that the image is there now. A stream that ends without this
    // failed, whatever its status.
    bool succeeded() const noexcept { return succeeded_ && !error_; }
    // "2 of 5 layers, 10.5 of 31.0 MB".
    std::string summary() const;

  private:
    struct Layer {
        std::int64_t current = 0;
        std::int64_t total = 0;
        bool complete = false;
    };

    void progress(const std::string& id, const std::string& status, std::int64_t current,
                  std::int64_t total);

    std::map<std::string, Layer> layers_;
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

}  // namespace nexus::docker
