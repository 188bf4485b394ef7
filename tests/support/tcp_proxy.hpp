// Stands between a client and a server of 127.0.0.1, and spoils the connection as a network does.
// Threads: one of its own; methods any.
#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <nexus/unique_fd.hpp>
#include <string>
#include <thread>
#include <vector>

namespace nexus::test {

class TcpProxy {
  public:
    // `server` is the port of the server on 127.0.0.1.
    explicit TcpProxy(std::uint16_t server);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    std::uint16_t port() const noexcept { return port_; }

    // What comes from now on arrives so much later; zero: at once.
    void delay(std::chrono::milliseconds time) noexcept { delay_ms_ = time.count(); }
    // Connections stand and can be made, and nothing arrives any more. Ended, what was held back
    // arrives.
    void blackhole(bool on) noexcept { blackhole_ = on; }
    // Closes every connection.
    void cut() noexcept { cut_ = true; }

  private:
    using Clock = std::chrono::steady_clock;

    struct Piece {
        Clock::time_point due;
        std::string bytes;
    };
    // Bytes on their way from one end to the other.
    struct Way {
        int from;
        int to;
        std::deque<Piece> pieces = {};
    };
    struct Pair {
        UniqueFd client;
        UniqueFd server;
        Way up;
        Way down;
    };

    void run();
    void accept();
    std::vector<pollfd> watched() const;
    bool serve(Way& way, short events) const;
    bool take(Way& way) const;
    static bool forward(Way& way, Clock::time_point now);

    std::uint16_t server_;
    UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::list<Pair> pairs_;
    std::atomic<std::int64_t> delay_ms_ = 0;
    std::atomic<bool> blackhole_ = false;
    std::atomic<bool> cut_ = false;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

}  // namespace nexus::test
