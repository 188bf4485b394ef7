// Sentinel: where the master of a group of Redis servers is at this moment. Threads: any.
//
// It is asked anew at each connect, so that a failover is followed. The sentinels get no login
// unless they ask for one; then it is that of the servers. Where those speak TLS, so do the
// sentinels, with the same files.
#pragma once

#include "redis/endpoint.hpp"
#include "redis/wait.hpp"

namespace nexus::redis {

// Sets host and port of `endpoint`, which has sentinels, to those of its master. They are asked in
// turn, each with a short deadline of its own; the one that knew comes first afterwards. Throws
// Error: `refused` where none knew and one said why by its nature (it does not know the name, is no
// Sentinel, wants another login), else `unreachable`, `timeout`, `protocol`; `cancelled`.
void find_master(Endpoint& endpoint, const Wait& wait);

}  // namespace nexus::redis
