// The HTTP server: the paths of answers.hpp, for reading alone, on threads of its own. Threads:
// made and destroyed by one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/status_source.hpp"

namespace nexus::http {

struct ServerOptions {
    std::string host;        // an IP address, IPv6 without brackets
    std::uint16_t port = 0;  // 0: any free one
    // A client that has not sent its whole request within this time, or in these bytes, is cut off.
    std::chrono::milliseconds request_time{5000};
    std::size_t request_bytes = 16U << 10U;
    int threads = 4;  // requests at once
    int queued = 64;  // connections that wait for a thread; one more is closed
};

class Server {
  public:
    // Listens and answers from here on. `source` must outlive the server. Throws
    // std::runtime_error with the address and the mend where it cannot listen there.
    Server(const ServerOptions& options, StatusSource& source);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    // Ends within half a second, whatever the clients do, once the source has answered.
    ~Server();

    std::uint16_t port() const noexcept { return port_; }

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    std::uint16_t port_;
};

}  // namespace nexus::http
