// A connected socket under Poco's HTTP that ends every wait with the call it works for. Poco's
// streams swallow exceptions, so the first failure is also kept here. Threads: one at a time.
#pragma once

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <exception>
#include <nexus/backend.hpp>
#include <span>
#include <vector>

#include "engine/endpoint.hpp"

namespace nexus::engine {

class Socket final : public Poco::Net::StreamSocketImpl {
  public:
    // Connects to `address` of `engine`. Throws BackendError `unavailable` with the mend,
    // `timeout`, `cancelled`.
    Socket(const CallContext& ctx, const Engine& engine, const Poco::Net::SocketAddress& address);

    // From here on waits belong to `ctx`, which must live until end_call().
    void begin_call(const CallContext& ctx);
    void end_call() noexcept { ctx_ = nullptr; }
    // Whatever is sent from here on in this call goes nowhere.
    void end_sending() noexcept { mute_ = true; }

    // Throws the first failure since begin_call(), if there was one.
    void rethrow_failure() const;
    // Since begin_call(): bytes that came, and whether the engine has closed its side.
    bool anything_received() const noexcept { return received_; }
    bool closed_by_engine() const noexcept { return closed_; }
    // Neither closed nor holding bytes that nobody asked for.
    bool is_quiet() const;

    int sendBytes(const void* buffer, int length, int flags) override;
    int receiveBytes(void* buffer, int length, int flags) override;

  protected:
    ~Socket() override = default;

  private:
    std::span<const char> receive();
    void wait(short events);
    [[noreturn]] void fail(const BackendError& error);
    [[noreturn]] void fail_broken(int error);

    const Engine& engine_;
    const CallContext* ctx_ = nullptr;
    std::exception_ptr failure_;
    bool mute_ = false;
    bool received_ = false;
    bool closed_ = false;
    std::vector<char> room_ = std::vector<char>(64U << 10U);
    std::span<const char> ahead_;  // received, and not yet asked for
};

}  // namespace nexus::engine
