// Live messages of pub/sub channels over a connection of its own. Threads: one at a time.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "redis/connection.hpp"

namespace nexus::redis {

struct Message {
    std::string channel;
    std::string pattern;  // empty: subscribed to by its whole name
    std::string payload;
};

struct Subscriptions {
    std::vector<std::string> channels = {};
    std::vector<std::string> patterns = {};  // as for PSUBSCRIBE: "tenant:*:events"
};

class Subscriber {
  public:
    // Returns once Redis has confirmed every one of them, so that nothing sent later is missed.
    // Throws as Connection does; std::invalid_argument where there is nothing to subscribe to.
    // `connection` must outlive this object and serves nothing else; it is closed at the end.
    Subscriber(Connection& connection, const Subscriptions& subscriptions);
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    ~Subscriber();

    // Nothing where none came in time.
    std::optional<Message> next(const Patience& patience);

  private:
    void confirm(std::size_t count);
    void take(const Reply& reply);

    Connection& connection_;
    std::size_t confirmed_ = 0;
    std::deque<Message> early_;  // came between two confirmations
};

}  // namespace nexus::redis
