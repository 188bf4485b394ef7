#include "http/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/ThreadPool.h>

#include <atomic>
#include <stdexcept>

#include "http/answers.hpp"
#include "http/guarded_socket.hpp"

namespace nexus::http {
namespace {

namespace net = Poco::Net;

bool has_body(const net::HTTPServerRequest& request) {
    return request.has("Transfer-Encoding") ||
           (request.has("Content-Length") && request.get("Content-Length") != "0");
}

class Handler : public net::HTTPRequestHandler {
  public:
    explicit Handler(StatusSource& source) : source_(source) {}

    void handleRequest(net::HTTPServerRequest& request,
                       net::HTTPServerResponse& response) override {
        const Answer what =
            answer({request.getMethod(), request.getURI(), has_body(request)}, source_);
        const auto status = static_cast<net::HTTPResponse::HTTPStatus>(what.status);
        response.setStatusAndReason(status);
        response.setContentType(what.type);
        response.set("Cache-Control", "no-store");
        response.set("X-Content-Type-Options", "nosniff");
        if (!what.allow.empty()) response.set("Allow", what.allow);
        if (!what.policy.empty()) response.set("Content-Security-Policy", what.policy);
        response.setKeepAlive(false);
        response.sendBuffer(what.body.data(), what.body.size());
    }

  private:
    StatusSource& source_;
};

class Factory : public net::HTTPRequestHandlerFactory {
  public:
    explicit Factory(StatusSource& source) : source_(source) {}
    net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest& request) override {
        // Any other status than 200 keeps Poco from asking for a body that is refused anyway.
        request.response().setStatus(net::HTTPResponse::HTTP_NOT_FOUND);
        return new Handler(source_);  // the server owns it
    }

  private:
    StatusSource& source_;
};

net::HTTPServerParams::Ptr params_of(const ServerOptions& options) {
    net::HTTPServerParams::Ptr params(new net::HTTPServerParams);
    params->setKeepAlive(false);
    params->setMaxThreads(options.threads);
    params->setMaxQueued(options.queued);
    params->setTimeout(Poco::Timespan(
        std::chrono::duration_cast<std::chrono::microseconds>(options.request_time).count()));
    return params;
}

net::ServerSocket listen(const ServerOptions& options, ConnectionBounds bounds) {
    try {
        return guarded_server_socket(net::SocketAddress(options.host, options.port),
                                     std::move(bounds));
    } catch (const Poco::Exception& error) {
        throw std::runtime_error(
            "cannot listen on " + options.host + " port " + std::to_string(options.port) + ": " +
            error.displayText() +
            "; stop what listens there, or set LISTEN_ADDRESS to an address of "
            "this machine and a free port");
    }
}

}  // namespace

struct Server::Parts {
    Parts(const ServerOptions& options, StatusSource& source)
        : stopping(std::make_shared<std::atomic<bool>>(false)),
          socket(listen(options, {options.request_time, options.request_bytes, stopping})),
          threads("http", 1, options.threads),
          server(new Factory(source), threads, socket, params_of(options)) {}

    std::shared_ptr<std::atomic<bool>> stopping;
    net::ServerSocket socket;
    Poco::ThreadPool threads;  // before the server, so that it is there until the last answer
    net::HTTPServer server;
};

Server::Server(const ServerOptions& options, StatusSource& source)
    : parts_(std::make_unique<Parts>(options, source)), port_(parts_->socket.address().port()) {
    parts_->server.start();
}

Server::~Server() {
    parts_->stopping->store(true);
    parts_->server.stop();
    parts_->threads.joinAll();
}

}  // namespace nexus::http
