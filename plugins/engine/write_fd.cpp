#include "engine/write_fd.hpp"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "engine/wait.hpp"

namespace nexus::engine {
namespace {

// A pipe whose reader is gone raises SIGPIPE, which would end the host. What to do with signals is
// the host's to decide, so this thread alone holds it back, and takes the one that it caused.
class SigpipeHeldBack {
  public:
    SigpipeHeldBack() {
        ::sigemptyset(&sigpipe_);
        ::sigaddset(&sigpipe_, SIGPIPE);
        sigset_t pending;
        ::sigpending(&pending);
        was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
        ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    SigpipeHeldBack(const SigpipeHeldBack&) = delete;
    SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
    ~SigpipeHeldBack() {
        const timespec at_once{};
        if (!was_pending_) ::sigtimedwait(&sigpipe_, nullptr, &at_once);
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

  private:
    sigset_t sigpipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

}  // namespace

void write_all(const CallContext& ctx, int fd, std::string_view bytes) {
    const SigpipeHeldBack held_back;
    while (!bytes.empty()) {
        wait_ready(ctx, fd, POLLOUT, "the reader of the logs");
        // A ready pipe takes this much without blocking.
        const ssize_t written =
            ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
        if (written < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            throw BackendError(
                Code::internal,
                "the logs cannot be written: " + std::generic_category().message(errno), false);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace nexus::engine
