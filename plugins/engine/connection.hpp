// One HTTP/1.1 connection to an engine, used for one exchange after another.
// Threads: one at a time. Inside plugins/engine only: it shows Poco.
#pragma once

#include <Poco/AutoPtr.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>

#include <functional>
#include <nexus/backend.hpp>
#include <string_view>

#include "engine/request.hpp"
#include "engine/socket.hpp"

namespace nexus::engine {

// Gets an answer's head with an empty piece once that is there, then its body in pieces as they
// come. `head` has no body yet.
using BodyConsumer = std::function<void(const Answer& head, std::string_view piece)>;

class Connection {
  public:
    // Throws like Socket. `engine` must outlive it.
    Connection(const CallContext& ctx, const Engine& engine,
               const Poco::Net::SocketAddress& address);

    // Sends `request` and hands on the body of the answer; the head. Throws BackendError
    // `unavailable` where the connection breaks or what comes is not HTTP, `timeout`, `cancelled`,
    // and what `consume` throws. After a throw the connection is good for nothing.
    Answer exchange(const CallContext& ctx, const Request& request, const BodyConsumer& consume);

    // Whether the next exchange can use it, as far as can be seen from here.
    bool is_reusable();
    // Whether any byte of an answer came in the last exchange.
    bool was_answered() const noexcept { return socket_->anything_received(); }

  private:
    void send(const Request& request);
    void send_stream(std::ostream& body, int fd);
    std::istream& receive_head(Answer& answer);
    void receive_body(std::istream& stream, const Answer& answer, const BodyConsumer& consume);
    void check_end(std::uint64_t received);
    [[noreturn]] void fail(const std::string& problem) const;

    const Engine& engine_;
    const CallContext* ctx_ = nullptr;  // of the exchange
    Poco::AutoPtr<Socket> socket_;
    Poco::Net::HTTPClientSession session_;
    Poco::Net::HTTPResponse response_;
    std::string label_;
    bool body_expected_ = true;  // a HEAD has none
    bool answered_early_ = false;
    bool complete_ = false;
};

}  // namespace nexus::engine
