// The addresses of a host name, asked for anew at each connect, so that a failover by DNS is
// followed. Threads: any. Private to this folder: it shows Poco.
#pragma once

#include <Poco/Net/IPAddress.h>

#include <vector>

#include "redis/endpoint.hpp"
#include "redis/wait.hpp"

namespace nexus::redis {

// Those of the endpoint's host, at least one; an address in text is itself. Throws Error:
// unreachable, timeout, cancelled.
std::vector<Poco::Net::IPAddress> resolve(const Endpoint& endpoint, const Wait& wait);

}  // namespace nexus::redis
