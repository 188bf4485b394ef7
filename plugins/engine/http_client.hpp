// HTTP to one engine over a few connections that are kept open. Threads: any number at once; each
// exchange has a connection to itself.
#pragma once

#include <functional>
#include <memory>
#include <nexus/backend.hpp>
#include <string_view>

#include "engine/endpoint.hpp"
#include "engine/request.hpp"

namespace nexus::engine {

class HttpClient {
  public:
    // The longest body that send() takes: a listing of some ten thousand containers.
    static constexpr std::size_t max_body = 32U << 20U;
    // Connections that wait for their next exchange; further ones are closed after their first.
    static constexpr std::size_t max_idle = 8;

    // Connects at the first exchange. A host name is resolved here, once. Throws BackendError
    // `unavailable` where it cannot be.
    explicit HttpClient(Engine engine);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    const Engine& engine() const noexcept { return engine_; }

    // One exchange, whatever its status. An idempotent request is sent once more where a kept
    // connection turns out to be closed before any answer. Throws BackendError `unavailable`,
    // `timeout`, `cancelled`, and `internal` for a body that is too long.
    Answer send(const CallContext& ctx, const Request& request);

    // The same, but hands the body of a success (2xx) to `consume` as it comes. The body of
    // anything else is in the answer as far as a message may be long. `begun` is called before
    // that, as soon as the head of a success is there.
    Answer stream(
        const CallContext& ctx, const Request& request,
        const std::function<void(std::string_view piece)>& consume,
        const std::function<void()>& begun = [] {});

  private:
    class Pool;

    Engine engine_;
    std::unique_ptr<Pool> pool_;
};

}  // namespace nexus::engine
