#include "redis/transport.hpp"

#include <Poco/Exception.h>
#include <poll.h>

#include <system_error>

#include "redis/channel.hpp"
#include "redis/connector.hpp"
#include "redis/error.hpp"

namespace nexus::redis {
namespace {

// What neither Redis nor we can be blamed for, such as a process out of descriptors.
[[noreturn]] void throw_local(const std::string& peer, const std::string& why) {
    throw Error(ErrorKind::unreachable,
                "Redis " + peer + " cannot be reached from this process: " + why);
}

}  // namespace

Transport::Transport(const Endpoint& endpoint, const Wait& wait)
    : peer_(endpoint.describe()), fd_(-1) {
    try {
        const auto socket = connect_socket(endpoint, wait);
        fd_ = socket.impl()->sockfd();
        channel_ = endpoint.transport == TransportKind::tls ? make_tls_channel(socket, endpoint)
                                                            : make_plain_channel(socket, peer_);
        establish(wait);
    } catch (const Poco::Exception& error) {
        throw_local(peer_, error.displayText());
    } catch (const std::system_error& error) {
        throw_local(peer_, error.what());
    }
}

Transport::~Transport() = default;

void Transport::establish(const Wait& wait) {
    for (Step step = channel_->establish(); step.needs != 0; step = channel_->establish()) {
        if (!ready(step.needs, wait))
            throw Error(
                ErrorKind::timeout,
                "Redis " + peer_ +
                    " did not answer the TLS handshake in time; check its load, and if this "
                    "port has no TLS, write redis:// in REDIS_URL");
    }
}

void Transport::send(std::string_view bytes, const Wait& wait) {
    while (!bytes.empty()) {
        const Step step = channel_->write(bytes);
        bytes.remove_prefix(step.bytes);
        if (step.needs != 0 && !ready(step.needs, wait))
            throw Error(
                ErrorKind::timeout,
                "Redis " + peer_ + " takes no more bytes in time; check its load and the network");
    }
}

std::size_t Transport::receive(std::span<char> into, const Wait& wait) {
    // A reply is hardly ever there already: waiting first saves a call that would say so.
    if (!channel_->has_buffered() && !ready(POLLIN, wait)) return 0;
    for (;;) {
        const Step step = channel_->read(into.data(), into.size());
        if (step.bytes != 0) return step.bytes;
        if (!ready(step.needs, wait)) return 0;
    }
}

bool Transport::ready(short events, const Wait& wait) const {
    const Ready ready = wait_for(fd_, events, wait);
    if (ready == Ready::cancelled)
        throw Error(ErrorKind::cancelled, "waiting for Redis " + peer_ + " was cancelled");
    return ready == Ready::yes;
}

}  // namespace nexus::redis
