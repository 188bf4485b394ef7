// Where a Redis is and how to log in to it: a plain value, made by the composition root from
// REDIS_URL and the REDIS_* settings. Threads: as a plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace nexus::redis {

enum class TransportKind { tcp, unix_socket, tls };

struct SentinelAddress {
    std::string host = {};  // a name or an address, IPv6 without brackets
    std::uint16_t port = 26379;
};

struct Endpoint {
    TransportKind transport = TransportKind::tcp;
    std::string host = {};      // tcp and tls: a name or an address, IPv6 without brackets
    std::uint16_t port = 6379;  // tcp and tls
    std::string path = {};      // unix_socket
    std::string user = {};      // empty: the user `default`
    std::string password = {};  // empty: no AUTH
    int database = 0;
    std::string ca_file = {};    // tls; empty: the system's authorities
    std::string cert_file = {};  // tls; with key_file: the client's certificate
    std::string key_file = {};   // tls
    // Not empty: each connect asks them, in this order, for host and port of the master of this
    // name. See sentinel.hpp.
    std::vector<SentinelAddress> sentinels = {};
    std::string master_name = {};
    bool is_sentinel = false;  // the other end is a Sentinel itself
    // From the look-up of the name to the end of AUTH and SELECT, all together; the sentinels'
    // answers too.
    std::chrono::milliseconds connect_timeout{5000};
    // One call or one pipeline, where the caller does not say otherwise.
    std::chrono::milliseconds call_timeout{5000};

    // For messages and logs: "10.0.0.2:6379/0", "[::1]:6379/0", "unix:/x", "sentinel
    // 10.0.0.2:26379", "master m by 10.0.0.2:26379,10.0.0.3:26379" and, once they were asked,
    // "master m at 10.0.0.4:6379/0". Never a credential.
    std::string describe() const;
    // The setting that leads here, for messages.
    std::string setting() const;
};

}  // namespace nexus::redis
