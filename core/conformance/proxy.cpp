#include "conformance/proxy.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace nexus::conformance {
namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error(path + " is too long");
    std::copy(path.begin(), path.end(), address.sun_path);
    return address;
}

UniqueFd new_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) throw std::system_error(errno, std::generic_category(), "socket");
    return fd;
}

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

constexpr std::string_view endless_head =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view endless_piece = "8\r\n[[[[[[[[\r\n";

std::string_view answer_of(Fault fault) {
    switch (fault) {
        case Fault::cut:
            return "HTTP/1.1 20";
        case Fault::garbage:
            return "\x16\x03\x01 this is not HTTP\r\n\r\n";
        case Fault::empty:
            return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        case Fault::not_json:
            return "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>no\n";
        case Fault::endless:
            return endless_head;
        default:
            return "";
    }
}

}  // namespace

Proxy::Proxy(std::string engine) : engine_(std::move(engine)), listener_(new_socket()) {
    std::string pattern = "/tmp/nexus-check.XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), pattern);
    }
    folder_ = pattern;
    path_ = folder_ + "/engine.sock";
    const auto address = address_of(path_);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
            0 ||
        ::listen(listener_.get(), SOMAXCONN) != 0) {
        throw std::system_error(errno, std::generic_category(), path_);
    }
    thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
    stop_ = true;
    thread_.join();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Proxy::run() {
    constexpr int between_looks_ms = 10;
    while (!stop_) {
        if (drop_.exchange(false)) pairs_.clear();
        auto fds = watched();
        ::poll(fds.data(), fds.size(), between_looks_ms);
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            if (!serve(pairs_[i], fds[1 + 2 * i].revents, fds[2 + 2 * i].revents)) {
                pairs_[i].client.reset();
            }
        }
        std::erase_if(pairs_, [](const Pair& pair) { return !pair.client; });
        if (fds[0].revents != 0) accept();
    }
}

// The listener, then the two ends of each pair.
std::vector<pollfd> Proxy::watched() const {
    std::vector<pollfd> fds{{listener_.get(), POLLIN, 0}};
    for (const auto& pair : pairs_) {
        const auto events = static_cast<short>(pair.endless ? POLLIN | POLLOUT : POLLIN);
        fds.push_back({pair.client.get(), events, 0});
        fds.push_back({pair.engine.get(), POLLIN, 0});
    }
    return fds;
}

// False where the pair is to be closed.
bool Proxy::serve(Pair& pair, short client, short engine) const {
    if ((client & ~POLLOUT) != 0 && !from_client(pair)) return false;
    if (engine != 0 && !pass(pair.engine.get(), pair.client.get())) return false;
    const bool more = pair.endless && (client & POLLOUT) != 0;
    return !more || send_all(pair.client.get(), endless_piece);
}

void Proxy::accept() {
    UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    UniqueFd engine = new_socket();
    const auto address = address_of(engine_);
    if (!client || fault_ == Fault::absent ||
        ::connect(engine.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
            0) {
        return;
    }
    pairs_.push_back({std::move(client), std::move(engine)});
}

bool Proxy::from_client(Pair& pair) const {
    const Fault fault = fault_;
    if (fault == Fault::none && !pair.endless) return pass(pair.client.get(), pair.engine.get());
    std::array<char, 65'536> swallowed{};
    if (::recv(pair.client.get(), swallowed.data(), swallowed.size(), 0) <= 0) return false;
    pair.endless = fault == Fault::endless;
    const bool stays = fault == Fault::silent || fault == Fault::endless || fault == Fault::empty ||
                       fault == Fault::not_json;
    return send_all(pair.client.get(), answer_of(fault)) && stays;
}

bool Proxy::pass(int from, int to) {
    std::array<char, 65'536> piece{};
    const auto got = ::recv(from, piece.data(), piece.size(), 0);
    return got > 0 && send_all(to, {piece.data(), static_cast<std::size_t>(got)});
}

}  // namespace nexus::conformance
