// A Redis master, its replicas and the sentinels that watch over them, on the loopback address and
// gone with this object. They notice a dead master after a second, and are quick in all the rest.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/redis_server.hpp"

namespace nexus::test {

struct SentinelOptions {
    std::string master_name = "mymaster";
    std::size_t replicas = 2;
    std::size_t sentinels = 3;
    std::string password = {};             // of the servers; empty: none
    bool sentinel_password = false;        // the sentinels want it too
    std::vector<std::string> config = {};  // further lines of every server's redis.conf
};

class SentinelGroup {
  public:
    // Starts all and waits until every sentinel knows every server and every other sentinel.
    explicit SentinelGroup(SentinelOptions options = {});

    // REDIS_URL, REDIS_SENTINELS and REDIS_MASTER. The host in REDIS_URL leads nowhere.
    std::map<std::string, std::string> settings() const;

    // By what the sentinels say now.
    RedisServer& master();
    // In no order that lasts: the master is one of them.
    std::vector<std::unique_ptr<RedisServer>>& servers() noexcept { return servers_; }
    std::vector<std::unique_ptr<RedisServer>>& sentinels() noexcept { return sentinels_; }

    // Both return once every running sentinel names another server, which has become a master. They
    // throw std::runtime_error where that takes too long.
    // The killed server; its start() and settle() bring it back, as a replica.
    RedisServer& kill_master();
    // As an operator does it, with SENTINEL FAILOVER: the old master lives on, and is made a
    // replica a little later; see settle().
    void fail_over();

    // Waits until every running server but the master is its replica and up to date.
    void settle();
    void stop_sentinels();

  private:
    void start_servers();
    void start_sentinels();
    std::uint16_t master_port(const RedisServer& sentinel) const;
    bool all_name_another(const RedisServer& old) const;
    bool knows_all(const RedisServer& sentinel) const;
    void await_other_than(const RedisServer& old);

    SentinelOptions options_;
    std::vector<std::unique_ptr<RedisServer>> servers_;
    std::vector<std::unique_ptr<RedisServer>> sentinels_;
};

}  // namespace nexus::test
