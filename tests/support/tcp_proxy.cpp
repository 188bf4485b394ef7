#include "support/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace nexus::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

UniqueFd new_socket() {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) throw std::system_error(errno, std::generic_category(), "socket");
    return fd;
}

void send_at_once(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t server) : server_(server), listener_(new_socket()) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), SOMAXCONN) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0) {
        throw std::system_error(errno, std::generic_category(), "listen on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
    stop_ = true;
    thread_.join();
}

void TcpProxy::run() {
    constexpr int between_looks_ms = 5;
    while (!stop_) {
        if (cut_.exchange(false)) pairs_.clear();
        auto fds = watched();
        ::poll(fds.data(), fds.size(), between_looks_ms);
        auto fd = fds.begin() + 1;
        for (auto pair = pairs_.begin(); pair != pairs_.end(); fd += 2) {
            const bool open = serve(pair->up, fd[0].revents) && serve(pair->down, fd[1].revents);
            pair = open ? std::next(pair) : pairs_.erase(pair);
        }
        if (fds[0].revents != 0) accept();
    }
}

// The listener, then the two ends of each pair. A blackhole looks at none of them: poll passes over
// a descriptor of -1.
std::vector<pollfd> TcpProxy::watched() const {
    const bool look = !blackhole_;
    std::vector<pollfd> fds{{listener_.get(), POLLIN, 0}};
    for (const auto& pair : pairs_) {
        fds.push_back({look ? pair.client.get() : -1, POLLIN, 0});
        fds.push_back({look ? pair.server.get() : -1, POLLIN, 0});
    }
    return fds;
}

void TcpProxy::accept() {
    UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    UniqueFd server = new_socket();
    const auto address = loopback(server_);
    if (!client ||
        ::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return;
    }
    send_at_once(client.get());
    send_at_once(server.get());
    const Way up{client.get(), server.get()};
    const Way down{server.get(), client.get()};
    pairs_.push_back({std::move(client), std::move(server), up, down});
}

// False where the connection has ended. `events` are those of the end that the bytes come from.
bool TcpProxy::serve(Way& way, short events) const {
    if (blackhole_) return true;
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !take(way)) return false;
    return forward(way, Clock::now());
}

bool TcpProxy::take(Way& way) const {
    std::array<char, 65'536> piece{};
    const auto got = ::recv(way.from, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    const auto due = Clock::now() + std::chrono::milliseconds(delay_ms_);
    way.pieces.push_back({due, {piece.data(), static_cast<std::size_t>(got)}});
    return true;
}

bool TcpProxy::forward(Way& way, Clock::time_point now) {
    while (!way.pieces.empty() && way.pieces.front().due <= now) {
        auto& bytes = way.pieces.front().bytes;
        const auto sent = ::send(way.to, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        bytes.erase(0, static_cast<std::size_t>(sent));
        if (bytes.empty()) way.pieces.pop_front();
    }
    return true;
}

}  // namespace nexus::test
