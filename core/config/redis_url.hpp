// Where Redis is and who we are there: REDIS_URL. Threads: as plain values.
//
//   redis://[user:password@]host[:port][/database]      rediss:// the same over TLS
//   unix://[user:password@]/path[?db=database]
//
// User and password are percent-encoded. The user may be left out, not the colon before the
// password: programs do not agree on what redis://word@host means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/parsed.hpp"

namespace nexus::config {

enum class RedisScheme { redis, rediss, unix_socket };

struct RedisUrl {
    RedisScheme scheme = RedisScheme::redis;
    std::string host;  // an IPv6 address stands without its brackets; empty for unix
    std::uint16_t port = 6379;
    std::string path;      // of the unix socket, absolute
    std::string user;      // decoded; empty: AUTH with the password alone
    std::string password;  // decoded; empty: no AUTH
    int database = 0;

    // What may be shown: without user and password.
    std::string shown() const;
    friend bool operator==(const RedisUrl&, const RedisUrl&) = default;
};

// At most 4096 bytes. A refusal never holds any part of the text.
Parsed<RedisUrl> parse_redis_url(std::string_view text);

// Whether the other end is this machine itself, where no password is needed.
bool is_local(const RedisUrl& url);

// What must not appear in a log, also of a URL that is not well formed: the text itself and its
// password, as written and decoded.
std::vector<std::string> redis_url_secrets(std::string_view text);

}  // namespace nexus::config
