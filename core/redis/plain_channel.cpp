#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "redis/channel.hpp"
#include "redis/error.hpp"

namespace nexus::redis {
namespace {

class PlainChannel : public Channel {
  public:
    PlainChannel(const Poco::Net::StreamSocket& socket, std::string peer)
        : socket_(socket), fd_(socket.impl()->sockfd()), peer_(std::move(peer)) {}

    Step establish() override { return {}; }
    bool has_buffered() const override { return false; }

    // Not Poco's calls: from version to version they answer "not now" with a value or by throwing.
    Step read(char* into, std::size_t size) override {
        const ssize_t count = ::recv(fd_, into, size, MSG_DONTWAIT);
        if (count > 0) return {static_cast<std::size_t>(count), 0};
        if (count == 0)
            throw Error(ErrorKind::unreachable,
                        "Redis " + peer_ + " closed the connection; look into its log");
        return not_now(POLLIN);
    }

    Step write(std::string_view bytes) override {
        const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) return {static_cast<std::size_t>(count), 0};
        return not_now(POLLOUT);
    }

  private:
    Step not_now(short needs) const {
        const int code = errno;
        if (code == EAGAIN || code == EWOULDBLOCK || code == EINTR) return {0, needs};
        throw Error(ErrorKind::unreachable, "the connection to Redis " + peer_ +
                                                " broke: " + std::generic_category().message(code));
    }

    Poco::Net::StreamSocket socket_;  // owns fd_
    int fd_;
    std::string peer_;
};

}  // namespace

std::unique_ptr<Channel> make_plain_channel(const Poco::Net::StreamSocket& socket,
                                            std::string peer) {
    return std::make_unique<PlainChannel>(socket, std::move(peer));
}

}  // namespace nexus::redis
