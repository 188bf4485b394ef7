#include "http/guarded_socket.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

namespace nexus::http {
namespace {

using Clock = std::chrono::steady_clock;

class Connection : public Poco::Net::StreamSocketImpl {
  public:
    Connection(poco_socket_t socket, ConnectionBounds bounds)
        : StreamSocketImpl(socket), bounds_(std::move(bounds)) {}

    // Poco's threads hand the last reference on by a counter inside its library, which the thread
    // sanitizer cannot see; this one it can.
    ~Connection() override { uses_.load(std::memory_order_acquire); }

    bool poll(const Poco::Timespan& timeout, int mode) override {
        const Use use{uses_};
        start();
        const std::chrono::microseconds asked(timeout.totalMicroseconds());
        return wait(std::min(deadline(), Clock::now() + asked), mode);
    }

    int receiveBytes(void* buffer, int length, int flags) override {
        const Use use{uses_};
        start();
        if (received_ >= bounds_.bytes) refuse("431 Request Header Fields Too Large");
        if (!wait(deadline(), SELECT_READ)) refuse("408 Request Timeout");
        const auto left = bounds_.bytes - received_;
        const int most = static_cast<int>(std::min(left, static_cast<std::size_t>(length)));
        const int got = StreamSocketImpl::receiveBytes(buffer, most, flags);
        received_ += static_cast<std::size_t>(std::max(got, 0));
        return got;
    }

  private:
    struct Use {
        std::atomic<int>& uses;
        ~Use() { uses.fetch_add(1, std::memory_order_release); }
    };

    void start() {
        if (!started_) started_ = Clock::now();
    }
    Clock::time_point deadline() const { return *started_ + bounds_.time; }

    // In slices, so that the end of the program does not wait for a client.
    bool wait(Clock::time_point until, int mode) {
        constexpr std::chrono::milliseconds slice(50);
        while (!bounds_.stopping->load()) {
            const auto left =
                std::chrono::duration_cast<std::chrono::microseconds>(until - Clock::now());
            if (left.count() <= 0) return false;
            const auto now = std::min<std::chrono::microseconds>(left, slice);
            if (StreamSocketImpl::poll(Poco::Timespan(now.count()), mode)) return true;
        }
        return false;
    }

    // Sent without waiting: a client that does not read gets no answer.
    [[noreturn]] void refuse(const std::string& status) {
        const std::string text = "HTTP/1.1 " + status +
                                 "\r\nConnection: close\r\nCache-Control: no-store\r\n"
                                 "Content-Length: 0\r\n\r\n";
        [[maybe_unused]] const auto sent =
            ::send(sockfd(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        throw Poco::TimeoutException(status);
    }

    ConnectionBounds bounds_;
    std::optional<Clock::time_point> started_;
    std::size_t received_ = 0;
    std::atomic<int> uses_ = 0;
};

class Listener : public Poco::Net::ServerSocketImpl {
  public:
    explicit Listener(ConnectionBounds bounds) : bounds_(std::move(bounds)) {}

    Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& client) override {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto* address = reinterpret_cast<sockaddr*>(&from);
        int accepted = -1;
        do {
            accepted = ::accept4(sockfd(), address, &size, SOCK_CLOEXEC);
        } while (accepted < 0 && errno == EINTR);
        if (accepted < 0) throw Poco::Net::NetException("accept", errno);
        client = Poco::Net::SocketAddress(address, size);
        return new Connection(accepted, bounds_);  // the StreamSocket round it counts references
    }

  private:
    ConnectionBounds bounds_;
};

// Only a class of this kind may put another implementation into a ServerSocket.
class GuardedServerSocket : public Poco::Net::ServerSocket {
  public:
    explicit GuardedServerSocket(ConnectionBounds bounds)
        : ServerSocket(new Listener(std::move(bounds)), true) {}  // which counts references
};

}  // namespace

Poco::Net::ServerSocket guarded_server_socket(const Poco::Net::SocketAddress& address,
                                              ConnectionBounds bounds) {
    constexpr int waiting = 64;
    GuardedServerSocket socket(std::move(bounds));
    // Not SO_REUSEPORT, with which a second server would quietly take half of the requests.
    socket.bind(address, true, false);
    socket.listen(waiting);
    return socket;
}

}  // namespace nexus::http
