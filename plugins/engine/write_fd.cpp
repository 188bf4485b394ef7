#include "engine/write_fd.hpp"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "archive/sigpipe.hpp"
#include "archive/wait.hpp"

namespace nexus::engine {

void write_all(const CallContext& ctx, int fd, std::string_view bytes) {
    const archive::SigpipeHeldBack held_back;
    while (!bytes.empty()) {
        archive::wait_ready(ctx, fd, POLLOUT, "the reader of the logs");
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
