// The connected socket beneath a transport. Threads: any. Private to this folder: it shows Poco.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include "redis/endpoint.hpp"
#include "redis/wait.hpp"

namespace nexus::redis {

// Non-blocking, closed on exec, and on TCP without delay and with keepalive. Throws Error:
// unreachable, timeout, cancelled.
Poco::Net::StreamSocket connect_socket(const Endpoint& endpoint, const Wait& wait);

}  // namespace nexus::redis
