#include "fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace {

// False where it is the end that came, and nothing else: what a client sent before is still read.
bool readable(int fd, int stop_fd) {
    std::array<pollfd, 2> watched{pollfd{fd, POLLIN, 0}, pollfd{stop_fd, POLLIN, 0}};
    ::poll(watched.data(), watched.size(), -1);
    return watched[0].revents != 0;
}

}  // namespace

void FakeClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string FakeClient::receive() const {
    if (!kept_.empty()) return std::exchange(kept_, {});
    std::array<char, 4096> buffer{};
    if (!readable(fd_, stop_fd_)) return {};
    const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    return count <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(count));
}

std::string FakeClient::receive_all() const {
    std::string all;
    for (std::string part = receive(); !part.empty(); part = receive())
        all += part;
    return all;
}

void FakeClient::expect(std::string_view text) const {
    std::string all;
    while (all.find(text) == std::string::npos) {
        const std::string part = receive();
        if (part.empty()) return;
        all += part;
    }
    // The next question may have come in the same bytes.
    kept_ = all.substr(all.find(text) + text.size());
    if (kept_.rfind("\r\n", 0) == 0) kept_.erase(0, 2);
}

FakeServer::FakeServer(std::function<void(const FakeClient&, int)> talk)
    : talk_(std::move(talk)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 8) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0)
        throw std::runtime_error("no server on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

FakeServer::~FakeServer() {
    stop_.cancel();
}

void FakeServer::serve() {
    for (int number = 0; readable(listener_.get(), stop_.fd()) && !stop_.cancelled(); ++number) {
        const nexus::UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        talk_(FakeClient(client.get(), stop_.fd()), number);
    }
}

nexus::redis::Endpoint FakeServer::endpoint() const {
    return {.host = "127.0.0.1", .port = port_};
}
