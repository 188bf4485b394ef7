// Structured log lines, one a call, with every known secret blotted out. Threads: any.
#pragma once

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus {

enum class LogLevel { trace, debug, information, warning, error, critical };
enum class LogFormat { text, json };

std::string_view to_string(LogLevel level) noexcept;

// Secrets by their values. A message from outside (Redis, an engine, a registry) passes through
// `clean` before anybody sees it. Threads: any.
class Redactor {
  public:
    // Values shorter than four characters are left alone: they would blot out half of every
    // sentence.
    void add(std::string secret);
    void add(const std::vector<std::string>& secrets);
    std::string clean(std::string text) const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string>
        secrets_;  // longest first, so that one inside another leaves nothing behind
};

class Log {
  public:
    using Field = std::pair<std::string_view, std::string>;
    using Fields = std::initializer_list<Field>;

    // Lines go to `fd`, which stays the caller's.
    Log(int fd, LogLevel least, LogFormat format, const Redactor& redactor);

    bool enabled(LogLevel level) const noexcept { return level >= least_; }
    void write(LogLevel level, std::string_view message, Fields fields = {});
    void debug(std::string_view message, Fields fields = {}) {
        write(LogLevel::debug, message, fields);
    }
    void info(std::string_view message, Fields fields = {}) {
        write(LogLevel::information, message, fields);
    }
    void warning(std::string_view message, Fields fields = {}) {
        write(LogLevel::warning, message, fields);
    }
    void error(std::string_view message, Fields fields = {}) {
        write(LogLevel::error, message, fields);
    }

  private:
    int fd_;
    LogLevel least_;
    LogFormat format_;
    const Redactor& redactor_;
};

}  // namespace nexus
