#include "unit/engine/fake_engine.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <system_error>

namespace nexus::engine {
namespace {

int listen_on(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
        ::listen(fd, 64) < 0) {
        throw std::system_error(errno, std::generic_category(), path);
    }
    return fd;
}

std::size_t content_length(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

std::string Peer::read_request() {
    for (;;) {
        const auto head_end = buffer_.find("\r\n\r\n");
        if (buffer_.substr(0, head_end).find("Transfer-Encoding: chunked") != std::string::npos) {
            std::string request = buffer_.substr(0, head_end + 4);
            buffer_.erase(0, request.size());
            return request + read_chunks();
        }
        if (head_end != std::string::npos) {
            const std::size_t size = head_end + 4 + content_length(buffer_.substr(0, head_end));
            if (buffer_.size() >= size) {
                std::string request = buffer_.substr(0, size);
                buffer_.erase(0, size);
                return request;
            }
        }
        if (!receive()) return "";
    }
}

bool Peer::receive() {
    std::array<char, 4096> piece{};
    const ssize_t got = ::recv(fd_, piece.data(), piece.size(), 0);
    if (got > 0) buffer_.append(piece.data(), static_cast<std::size_t>(got));
    return got > 0;
}

std::string Peer::read_chunks() {
    std::string body;
    for (;;) {
        const auto line_end = buffer_.find("\r\n");
        const bool whole = line_end != std::string::npos &&
                           buffer_.size() >= line_end + 4 + std::stoul(buffer_, nullptr, 16);
        if (!whole) {
            if (!receive()) return body;
            continue;
        }
        const std::size_t size = std::stoul(buffer_, nullptr, 16);
        body += buffer_.substr(line_end + 2, size);
        buffer_.erase(0, line_end + 4 + size);
        if (size == 0) return body;
    }
}

bool Peer::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Peer::wait_for_close() {
    while (!read_request().empty()) {
    }
}

FakeEngine::FakeEngine(Script script)
    : script_(std::move(script)), listener_(listen_on(path())), server_([this] { serve(); }) {}

FakeEngine::Script FakeEngine::always(std::string answer) {
    return [answer = std::move(answer)](Peer& peer) {
        while (!peer.read_request().empty() && peer.send(answer)) {
        }
    };
}

FakeEngine::~FakeEngine() {
    ::shutdown(listener_, SHUT_RDWR);
    server_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_)
            ::shutdown(fd, SHUT_RDWR);
    }
    sessions_.clear();
    ::close(listener_);
}

void FakeEngine::serve() {
    for (;;) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        ++connections_;
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        sessions_.emplace_back([this, fd] {
            Peer peer(fd);
            script_(peer);
            const std::lock_guard guard(mutex_);
            std::erase(open_, fd);
            ::close(fd);
        });
    }
}

std::string http(int status, std::string_view body, std::string_view headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Some Reason\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace nexus::engine
