// A connection that keeps itself connected. Threads: one at a time, but for connected(). A thread
// that blocks in Redis has a session of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "base/backoff.hpp"
#include "base/log.hpp"
#include "redis/connection.hpp"

namespace nexus::redis {

class Session {
  public:
    // Connects at first use. `purpose` names it in the log ("intake"). `stop_fd` (-1: none) ends
    // every wait while it is readable. `log` and `stop_fd` must outlive this object.
    Session(Endpoint endpoint, std::string purpose, Log& log, int stop_fd = -1);

    // Runs `use(Connection&)` and returns what it returns. Where Redis is lost or cannot serve
    // (unreachable, moved, timeout, protocol), waits with full jitter between 0.1 and 20 s,
    // reconnects, and runs it again from its beginning, for ever: `use` must be right to run twice,
    // also where its first run took effect and only the answer was lost. Throws Error of kind
    // `refused`, `command` and `cancelled`, and whatever else `use` throws.
    template <typename Use>
    auto with(Use&& use) {
        using Result = std::invoke_result_t<Use&, Connection&>;
        for (;;) {
            try {
                if constexpr (std::is_void_v<Result>) {
                    use(ready());
                    succeeded();
                    return;
                } else {
                    Result result = use(ready());
                    succeeded();
                    return result;
                }
            } catch (const Error& error) {
                recover(error);
            }
        }
    }

    // Called before every wait for another try, at most 20 s and a connect timeout apart: a caller
    // that waits for Redis is not one that hangs.
    void on_retry(std::function<void()> call) { on_retry_ = std::move(call); }

    // Redis answered when it was last asked. Threads: any.
    bool connected() const noexcept { return connected_.load(std::memory_order_relaxed); }

  private:
    Connection& ready();
    void succeeded();
    // Returns when it is time to try again; rethrows what trying again does not mend. Called inside
    // the handler.
    void recover(const Error& error);
    void mistrust_sentinel();
    void announce_connected();
    void announce_lost(const Error& error);

    std::function<void()> on_retry_;
    Endpoint endpoint_;
    std::string purpose_;
    Log& log_;
    int stop_fd_;
    Backoff backoff_;
    std::optional<Connection> connection_;
    // A server may let us in and then fail every command, as a replica does where ROLE is
    // forbidden. Only a use that went well proves a connection; after one that proved nothing, the
    // next is not announced before it is proven, else the log would swing between lost and back.
    bool proven_ = false;
    bool doubted_ = false;
    bool announced_lost_ = false;
    std::chrono::steady_clock::time_point lost_at_;
    std::atomic<bool> connected_ = false;
};

}  // namespace nexus::redis
