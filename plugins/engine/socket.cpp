#include "engine/socket.hpp"

#include <Poco/Exception.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "archive/wait.hpp"
#include "engine/unreachable.hpp"

namespace nexus::engine {
namespace {

int open_socket(const Engine& engine, const Poco::Net::SocketAddress& address) {
    const int fd = ::socket(address.af(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) throw unreachable(engine, errno);
    if (engine.endpoint.path.empty()) {
        const int on = 1;  // a request's head and its body are two writes
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

int pending_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

void connect_socket(const CallContext& ctx, const Engine& engine, int fd,
                    const Poco::Net::SocketAddress& address) {
    constexpr std::chrono::milliseconds backlog_pause(10);
    const std::string name = engine.name();
    archive::require_time(ctx, name);
    while (::connect(fd, address.addr(), address.length()) < 0) {
        if (errno == EAGAIN) {  // a unix socket whose queue is full: there is nothing to poll for
            archive::pause(ctx, backlog_pause, name);
            continue;
        }
        if (errno != EINPROGRESS && errno != EINTR) throw unreachable(engine, errno);
        archive::wait_ready(ctx, fd, POLLOUT, name);
        if (const int error = pending_error(fd); error != 0) throw unreachable(engine, error);
        return;
    }
}

}  // namespace

Socket::Socket(const CallContext& ctx, const Engine& engine,
               const Poco::Net::SocketAddress& address)
    : StreamSocketImpl(open_socket(engine, address)), engine_(engine) {
    connect_socket(ctx, engine, sockfd(), address);
}

void Socket::begin_call(const CallContext& ctx) {
    ctx_ = &ctx;
    failure_ = nullptr;
    mute_ = false;
    received_ = false;
    closed_ = false;
}

void Socket::rethrow_failure() const {
    if (failure_) std::rethrow_exception(failure_);
}

bool Socket::is_quiet() const {
    pollfd quiet{sockfd(), POLLIN, 0};
    return ahead_.empty() && ::poll(&quiet, 1, 0) == 0;
}

int Socket::sendBytes(const void* buffer, int length, int /*flags*/) {
    const char* next = static_cast<const char*>(buffer);
    std::size_t left = mute_ ? 0 : static_cast<std::size_t>(length);
    while (left > 0) {
        wait(POLLOUT);
        const ssize_t sent = ::send(sockfd(), next, left, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (sent < 0) fail_broken(errno);
        next += sent;
        left -= static_cast<std::size_t>(sent);
    }
    return length;
}

// Poco asks for 4 KiB at most, which is little to wait for of a volume.
int Socket::receiveBytes(void* buffer, int length, int /*flags*/) {
    if (ahead_.empty()) ahead_ = receive();
    const std::size_t size = std::min(ahead_.size(), static_cast<std::size_t>(length));
    std::copy_n(ahead_.data(), size, static_cast<char*>(buffer));
    ahead_ = ahead_.subspan(size);
    return static_cast<int>(size);
}

std::span<const char> Socket::receive() {
    // Poco may go on asking behind the end of a broken answer.
    if (closed_) fail_broken(ECONNRESET);
    for (;;) {
        wait(POLLIN);
        const ssize_t got = ::recv(sockfd(), room_.data(), room_.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0) fail_broken(errno);
        received_ = received_ || got > 0;
        closed_ = got == 0;
        return {room_.data(), static_cast<std::size_t>(got)};
    }
}

void Socket::wait(short events) {
    if (failure_) fail_broken(ECONNABORTED);
    try {
        archive::wait_ready(*ctx_, sockfd(), events, engine_.name());
    } catch (const BackendError& error) {
        fail(error);
    }
}

void Socket::fail_broken(int error) {
    fail({Code::unavailable,
          engine_.name() + " broke off the connection: " + std::generic_category().message(error),
          true});
}

void Socket::fail(const BackendError& error) {
    if (!failure_) failure_ = std::make_exception_ptr(error);
    // Not a NetException: that would make Poco connect again by itself.
    throw Poco::RuntimeException(error.what());
}

}  // namespace nexus::engine
