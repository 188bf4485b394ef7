// A server on the loopback address that says what a test wants, good or bad. Threads: one at a
// time; the test's own part runs in a thread of this object.
#pragma once

#include <cstdint>
#include <functional>
#include <nexus/unique_fd.hpp>
#include <string>
#include <string_view>
#include <thread>

#include "base/cancel.hpp"
#include "redis/endpoint.hpp"

// Their answers to what Connection asks at the start without a password and with database 0.
inline constexpr std::string_view welcome = "+OK\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n+PONG\r\n";

// One client, from the server's side. Every call ends when the server does.
class FakeClient {
  public:
    FakeClient(int fd, int stop_fd) : fd_(fd), stop_fd_(stop_fd) {}
    void send(std::string_view bytes) const;
    // What comes next; empty once the client has hung up.
    std::string receive() const;
    // Everything until the client has hung up.
    std::string receive_all() const;
    // Reads until `text` has come; the answer to a question.
    void expect(std::string_view text) const;

  private:
    int fd_, stop_fd_;
    mutable std::string kept_;  // came with what was expected, and is the next to be received
};

class FakeServer {
  public:
    // Serves one client after the other; the connection is closed when `talk` returns. `talk` gets
    // the number of the client, from 0.
    explicit FakeServer(std::function<void(const FakeClient&, int)> talk);
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;
    ~FakeServer();

    nexus::redis::Endpoint endpoint() const;

  private:
    void serve();

    std::function<void(const FakeClient&, int)> talk_;
    nexus::CancelSource stop_;
    nexus::UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::jthread thread_;
};
