// A client on 127.0.0.1 that sends whatever bytes a test likes. Threads: as a plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <nexus/unique_fd.hpp>
#include <string>
#include <string_view>

namespace nexus::test {

class RawClient {
  public:
    // Throws std::system_error where nothing listens.
    explicit RawClient(std::uint16_t port);

    // False once the other side has closed.
    bool send(std::string_view bytes);
    // Everything up to the end of the connection, or up to `limit`, where `ended()` stays false.
    std::string read_all(std::chrono::milliseconds limit = std::chrono::seconds(10));
    bool ended() const noexcept { return ended_; }

  private:
    UniqueFd socket_;
    bool ended_ = false;
};

// One request on one connection.
std::string ask(std::uint16_t port, std::string_view bytes);

}  // namespace nexus::test
