#include "redis/connector.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "redis/error.hpp"
#include "redis/resolve.hpp"

namespace nexus::redis {
namespace {

using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

std::vector<SocketAddress> addresses_of(const Endpoint& endpoint, const Wait& wait) {
    if (endpoint.transport == TransportKind::unix_socket)
        return {SocketAddress(SocketAddress::UNIX_LOCAL, endpoint.path)};
    std::vector<SocketAddress> addresses;
    for (const auto& address : resolve(endpoint, wait))
        addresses.emplace_back(address, endpoint.port);
    return addresses;
}

[[noreturn]] void throw_unreachable(const Endpoint& endpoint, const std::string& why) {
    throw Error(ErrorKind::unreachable,
                "Redis " + endpoint.describe() + " cannot be reached: " + why +
                    "; check that it runs and that " + endpoint.setting() + " leads there");
}

// A dead peer is noticed after half a minute, also where this side only listens.
void tune_tcp(StreamSocket& socket) {
    constexpr int idle_seconds = 15;
    constexpr int probe_seconds = 5;
    constexpr int probes = 3;
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    socket.setOption(IPPROTO_TCP, TCP_KEEPIDLE, idle_seconds);
    socket.setOption(IPPROTO_TCP, TCP_KEEPINTVL, probe_seconds);
    socket.setOption(IPPROTO_TCP, TCP_KEEPCNT, probes);
}

StreamSocket connect_one(const SocketAddress& address, const Endpoint& endpoint, const Wait& wait) {
    StreamSocket socket(address.family());
    socket.connectNB(address);
    const int fd = socket.impl()->sockfd();
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    switch (wait_for(fd, POLLOUT, wait)) {
        case Ready::expired:
            throw Error(ErrorKind::timeout,
                        "Redis " + endpoint.describe() + " does not answer in time; check that " +
                            endpoint.setting() + " leads there and that no firewall is between");
        case Ready::cancelled:
            throw Error(ErrorKind::cancelled,
                        "connecting to Redis " + endpoint.describe() + " was cancelled");
        case Ready::yes:
            break;
    }
    if (const int code = socket.impl()->socketError(); code != 0)
        throw_unreachable(endpoint, std::generic_category().message(code));
    if (address.family() != SocketAddress::UNIX_LOCAL) tune_tcp(socket);
    return socket;
}

StreamSocket connect_translated(const SocketAddress& address, const Endpoint& endpoint,
                                const Wait& wait) {
    try {
        return connect_one(address, endpoint, wait);
    } catch (const Poco::Exception& error) {
        throw_unreachable(endpoint, error.displayText());
    }
}

}  // namespace

StreamSocket connect_socket(const Endpoint& endpoint, const Wait& wait) {
    const auto addresses = addresses_of(endpoint, wait);
    for (std::size_t index = 0;; ++index) {
        // A name with a dead address in front of a living one must not use up all the time.
        const auto now = std::chrono::steady_clock::now();
        const auto left = static_cast<std::chrono::steady_clock::rep>(addresses.size() - index);
        Wait share = wait;
        share.deadline = now + (wait.deadline - now) / left;
        try {
            return connect_translated(addresses[index], endpoint, share);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::cancelled || index + 1 == addresses.size()) throw;
        }
    }
}

}  // namespace nexus::redis
