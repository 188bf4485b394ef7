// A Lua script that Redis runs in one atomic step. Threads: any, with a connection each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "redis/connection.hpp"

namespace nexus::redis {

class Script {
  public:
    explicit Script(std::string_view source);

    // By its hash, and with its whole text where Redis does not have it (any more). An error reply
    // is thrown, as by Connection::call.
    Reply run(Connection& connection, const std::vector<std::string_view>& keys,
              const std::vector<std::string_view>& arguments, const Patience& patience = {}) const;

    const std::string& sha1() const noexcept { return sha1_; }
    const std::string& source() const noexcept { return source_; }

  private:
    std::string source_;
    std::string sha1_;  // 40 hexadecimal digits, in small letters
};

}  // namespace nexus::redis
