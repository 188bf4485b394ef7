#include "engine/connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/String.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "archive/volume_error.hpp"
#include "archive/wait.hpp"

namespace nexus::engine {
namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

// Poco would otherwise drop a kept connection after 8 s by itself.
const Poco::Timespan keep_alive(Poco::Timespan::DAYS, 0);

constexpr std::size_t stream_piece = 64U << 10U;

// The host name means nothing to an engine, but HTTP/1.1 wants one.
constexpr const char* host = "localhost";

Poco::Net::StreamSocket as_stream_socket(Poco::AutoPtr<Socket>& socket) {
    return Poco::Net::StreamSocket(socket.duplicate());  // takes over one count
}

Answer head_of(const HTTPResponse& response) {
    Answer answer;
    answer.status = static_cast<int>(response.getStatus());
    for (const auto& [name, value] : response)
        answer.headers.insert_or_assign(Poco::toLower(name), value);
    return answer;
}

}  // namespace

Connection::Connection(const CallContext& ctx, const Engine& engine,
                       const Poco::Net::SocketAddress& address)
    : engine_(engine),
      socket_(new Socket(ctx, engine, address)),
      session_(as_stream_socket(socket_)) {
    session_.setKeepAlive(true);
    session_.setKeepAliveTimeout(keep_alive);
}

Answer Connection::exchange(const CallContext& ctx, const Request& request,
                            const BodyConsumer& consume) {
    complete_ = false;
    ctx_ = &ctx;
    body_expected_ = request.method != HTTPRequest::HTTP_HEAD;
    label_ = request.label();
    socket_->begin_call(ctx);
    Answer answer;
    try {
        send(request);
        receive_body(receive_head(answer), answer, consume);
    } catch (const Poco::Exception&) {
        socket_->rethrow_failure();
        fail("answered something that is not HTTP");
    }
    socket_->end_call();
    complete_ = true;
    return answer;
}

void Connection::send(const Request& request) {
    HTTPRequest head(request.method, request.target, HTTPRequest::HTTP_1_1);
    head.setHost(host);
    for (const auto& [name, value] : request.headers)
        head.set(name, value);
    if (!request.body.empty() && !head.has("Content-Type")) {
        head.setContentType("application/json");
    }
    if (request.body_fd >= 0) {
        head.setChunkedTransferEncoding(true);
        send_stream(session_.sendRequest(head), request.body_fd);
    } else {
        if (request.method != HTTPRequest::HTTP_GET && request.method != HTTPRequest::HTTP_HEAD) {
            head.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
        }
        session_.sendRequest(head) << request.body;
    }
    session_.flushRequest();
    socket_->rethrow_failure();
}

// An engine that refuses says so before it has read all, and then reads no further.
void Connection::send_stream(std::ostream& body, int fd) {
    std::vector<char> piece(stream_piece);
    while (socket_->is_quiet()) {
        archive::wait_ready(*ctx_, fd, POLLIN, "the content of a volume");
        const ssize_t got = ::read(fd, piece.data(), piece.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) archive::fail(errno, "the content of a volume cannot be read");
        if (got == 0) return;
        body.write(piece.data(), got);
        socket_->rethrow_failure();
    }
    socket_->end_sending();
    answered_early_ = true;
}

std::istream& Connection::receive_head(Answer& answer) {
    std::istream& body = session_.receiveResponse(response_);
    socket_->rethrow_failure();
    if (socket_->closed_by_engine()) fail("closed the connection in the middle of an answer");
    if (!response_.getVersion().starts_with("HTTP/1.")) fail("answered something that is not HTTP");
    answer = head_of(response_);
    return body;
}

void Connection::receive_body(std::istream& stream, const Answer& answer,
                              const BodyConsumer& consume) {
    consume(answer, {});
    // Read from the buffer below the stream: the stream would swallow what the socket throws.
    std::streambuf& source = *stream.rdbuf();
    std::array<char, 16'384> piece{};
    std::uint64_t received = 0;
    while (source.sgetc() != std::streambuf::traits_type::eof()) {
        const auto ready = std::min<std::streamsize>(source.in_avail(), piece.size());
        const auto count = static_cast<std::size_t>(source.sgetn(piece.data(), ready));
        received += count;
        consume(answer, {piece.data(), count});
    }
    check_end(received);
}

// Poco takes the end of the connection, and a chunk that is none, for the end of the body.
void Connection::check_end(std::uint64_t received) {
    socket_->rethrow_failure();
    const bool has_body = body_expected_ &&
                          response_.getStatus() != HTTPResponse::HTTP_NO_CONTENT &&
                          response_.getStatus() != HTTPResponse::HTTP_NOT_MODIFIED;
    if (!has_body) return;
    const bool chunked = response_.getChunkedTransferEncoding();
    const bool sized = !chunked && response_.hasContentLength();
    const bool cut =
        ((chunked || sized) && socket_->closed_by_engine()) ||
        (sized && received != static_cast<std::uint64_t>(response_.getContentLength64()));
    if (cut) fail("closed the connection in the middle of an answer");
    Poco::Buffer<char> behind(0);
    session_.drainBuffer(behind);
    if (!behind.empty()) fail("answered something that is not HTTP");
}

bool Connection::is_reusable() {
    const bool framed = response_.getChunkedTransferEncoding() || response_.hasContentLength() ||
                        response_.getStatus() == HTTPResponse::HTTP_NO_CONTENT ||
                        response_.getStatus() == HTTPResponse::HTTP_NOT_MODIFIED;
    return complete_ && !answered_early_ && framed && response_.getKeepAlive() &&
           socket_->is_quiet();
}

void Connection::fail(const std::string& problem) const {
    throw BackendError(Code::unavailable, engine_.name() + " " + problem + " (" + label_ + ")",
                       true);
}

}  // namespace nexus::engine
