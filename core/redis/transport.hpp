// A byte stream to one Redis over TCP, a unix socket or TLS, every wait with a deadline and open to
// a stop. Threads: one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "redis/endpoint.hpp"
#include "redis/wait.hpp"

namespace nexus::redis {

class Channel;

// Every method throws Error: unreachable, timeout, cancelled, refused (TLS), protocol (no TLS
// there). After one nothing more can be said about the stream: throw the object away.
class Transport {
  public:
    // Looks the name up, connects to the first of its addresses that answers, and does the TLS
    // handshake.
    Transport(const Endpoint& endpoint, const Wait& wait);
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    ~Transport();

    // All of it.
    void send(std::string_view bytes, const Wait& wait);
    // At least one byte; 0 where the deadline passed without one, which leaves the stream as it
    // was.
    std::size_t receive(std::span<char> into, const Wait& wait);

  private:
    void establish(const Wait& wait);
    bool ready(short events, const Wait& wait) const;

    std::string peer_;
    std::unique_ptr<Channel> channel_;
    int fd_;
};

}  // namespace nexus::redis
