// The addresses of a host name, asked for anew at each connect, so that a failover by DNS is
// followed. Threads: any. Private to this folder: it shows Poco.
#pragma once

#include <Poco/Net/IPAddress.h>

#include <string>
#include <vector>

#include "redis/wait.hpp"

namespace nexus::redis {

// At least one; an address in text is itself. Throws Error: unreachable, timeout, cancelled.
// `peer` is for the message.
std::vector<Poco::Net::IPAddress> resolve(const std::string& host, const std::string& peer,
                                          const Wait& wait);

}  // namespace nexus::redis
