#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "redis/channel.hpp"
#include "redis/error.hpp"
#include "redis/tls_context.hpp"

namespace nexus::redis {
namespace {

using Poco::Net::SecureStreamSocket;

// OpenSSL writes without MSG_NOSIGNAL: a server that went away would end this process. A SIGPIPE of
// our own making is taken back before anybody sees it.
class SigpipeGuard {
  public:
    SigpipeGuard() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;
    ~SigpipeGuard() {
        const int code = errno;
        constexpr timespec at_once{0, 0};
        if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = code;
    }

  private:
    sigset_t sigpipe_{};
    sigset_t before_{};
    bool was_pending_;
};

// SNI holds names only.
std::string server_name(const std::string& host) {
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(host, address) ? std::string() : host;
}

class TlsChannel : public Channel {
  public:
    TlsChannel(const Poco::Net::StreamSocket& socket, const Endpoint& endpoint)
        : peer_(endpoint.describe()),
          context_(endpoint),
          socket_(
              SecureStreamSocket::attach(socket, server_name(endpoint.host), context_.context())) {}

    TlsChannel(const TlsChannel&) = delete;
    TlsChannel& operator=(const TlsChannel&) = delete;
    ~TlsChannel() override {
        const SigpipeGuard guard;
        try {
            socket_.close();
        } catch (const Poco::Exception&) {  // NOLINT(bugprone-empty-catch): nobody left to tell
        }
    }

    Step establish() override {
        return step([&] { return socket_.completeHandshake(); });
    }
    Step read(char* into, std::size_t size) override {
        return step([&] { return socket_.receiveBytes(into, chunk(size)); });
    }
    Step write(std::string_view bytes) override {
        return step([&] { return socket_.sendBytes(bytes.data(), chunk(bytes.size())); });
    }
    bool has_buffered() const override { return socket_.available() > 0; }

  private:
    static int chunk(std::size_t size) {
        constexpr std::size_t most = 1U << 20U;
        return static_cast<int>(std::min(size, most));
    }

    template <typename Call>
    Step step(Call&& call) {
        const SigpipeGuard guard;
        // What earlier calls of this thread left behind would be taken for the outcome of this one.
        ERR_clear_error();
        errno = 0;
        try {
            return outcome(call());
        } catch (const Poco::Net::SSLConnectionUnexpectedlyClosedException& error) {
            // Poco 1.13 says so of other errors of OpenSSL as well.
            if (error.message().find("error:") == std::string::npos) throw ended();
            throw context_.explain(error.displayText());
        } catch (const Poco::Net::SSLException& error) {
            throw context_.explain(error.displayText());
        } catch (const Poco::Exception& error) {
            throw Error(ErrorKind::unreachable,
                        "the connection to Redis " + peer_ + " broke: " + error.displayText());
        }
    }

    Step outcome(int result) const {
        if (result > 0) return {static_cast<std::size_t>(result), 0};
        if (result == SecureStreamSocket::ERR_SSL_WANT_READ) return {0, POLLIN};
        if (result == SecureStreamSocket::ERR_SSL_WANT_WRITE) return {0, POLLOUT};
        throw ended();
    }

    Error ended() const {
        return {ErrorKind::unreachable,
                "Redis " + peer_ + " closed the connection; look into its log"};
    }

    std::string peer_;
    TlsContext context_;
    SecureStreamSocket socket_;
};

}  // namespace

std::unique_ptr<Channel> make_tls_channel(const Poco::Net::StreamSocket& socket,
                                          const Endpoint& endpoint) {
    return std::make_unique<TlsChannel>(socket, endpoint);
}

}  // namespace nexus::redis
