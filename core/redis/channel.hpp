// A connected byte stream that never blocks: plain, or with TLS over it. Threads: one at a time.
// Private to this folder: it shows Poco.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "redis/endpoint.hpp"

namespace nexus::redis {

// What one try has done: moved `bytes`, or nothing until poll(2) reports `needs`.
struct Step {
    std::size_t bytes = 0;
    short needs = 0;
};

// Every method throws Error (unreachable where the stream has ended).
class Channel {
  public:
    virtual ~Channel() = default;
    // To be repeated until it needs nothing, before anything else.
    virtual Step establish() = 0;
    virtual Step read(char* into, std::size_t size) = 0;
    virtual Step write(std::string_view bytes) = 0;
    // read() would give bytes although the descriptor need not show it.
    virtual bool has_buffered() const = 0;
};

std::unique_ptr<Channel> make_plain_channel(const Poco::Net::StreamSocket& socket,
                                            std::string peer);

// TLS 1.2 or later, verifying always. Throws Error of kind `refused` where the endpoint's files
// cannot be used.
std::unique_ptr<Channel> make_tls_channel(const Poco::Net::StreamSocket& socket,
                                          const Endpoint& endpoint);

}  // namespace nexus::redis
