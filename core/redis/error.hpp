// What can go wrong with a Redis, in classes that tell a caller what to do next. Threads: as a
// plain value.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace nexus::redis {

enum class ErrorKind {
    unreachable,  // no connection, or it broke: wait and reconnect
    moved,      // this server cannot serve now (replica, loading, failover): wait, look it up again
    refused,    // login, rights, certificate, database number: give up and say so
    protocol,   // what came is not RESP2, or not the reply that was asked for: reconnect
    timeout,    // no answer within the deadline: reconnect
    command,    // an error reply that is the caller's to judge, such as NOGROUP or BUSYGROUP
    cancelled,  // the stop or wake descriptor ended the wait
};

std::string_view to_string(ErrorKind kind) noexcept;

// The message says where, what and the mend, and never holds a password.
class Error : public std::runtime_error {
  public:
    Error(ErrorKind kind, const std::string& message, std::string code = {})
        : std::runtime_error(message), kind_(kind), code_(std::move(code)) {}
    ErrorKind kind() const noexcept { return kind_; }
    // The first word of Redis' error reply ("NOSCRIPT"); empty where no such reply came.
    const std::string& code() const noexcept { return code_; }

  private:
    ErrorKind kind_;
    std::string code_;
};

// The class of an error reply by its whole line, such as "WRONGPASS invalid username-password
// pair".
ErrorKind classify(std::string_view line) noexcept;

// The first word of an error reply where it is one of capitals, else empty.
std::string_view code_word(std::string_view line) noexcept;

// An error reply as an Error. `peer` is Endpoint::describe(), or empty where it is not known; every
// `secret` in the line is blotted out.
Error error_from_reply(std::string_view line, std::string_view peer = {},
                       std::string_view secret = {});

}  // namespace nexus::redis
