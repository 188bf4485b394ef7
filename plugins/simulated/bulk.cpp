#include "bulk.hpp"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "wait.hpp"

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::CallContext;
using nexus::Code;

constexpr std::size_t most_bytes = 64U << 20U;

BackendError failure(const char* what) {
    return {Code::internal, std::string(what) + ": " + std::generic_category().message(errno),
            false};
}

// poll would pass over it in silence.
void require_open(int fd) {
    if (fd < 0) throw BackendError(Code::internal, "the host gave no descriptor", false);
}

}  // namespace

void write_all(const CallContext& ctx, int fd, std::string_view bytes) {
    require_open(fd);
    while (!bytes.empty()) {
        wait_ready(ctx, fd, POLLOUT);
        // A pipe that is ready takes this much without blocking.
        const auto written =
            ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
        if (written < 0 && errno != EINTR && errno != EAGAIN) throw failure("cannot write");
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string read_all(const CallContext& ctx, int fd) {
    require_open(fd);
    std::string bytes;
    std::array<char, 65'536> piece{};
    while (true) {
        wait_ready(ctx, fd, POLLIN);
        const auto got = ::read(fd, piece.data(), piece.size());
        if (got == 0) return bytes;
        if (got < 0 && errno != EINTR && errno != EAGAIN) throw failure("cannot read");
        if (got > 0) bytes.append(piece.data(), static_cast<std::size_t>(got));
        if (bytes.size() > most_bytes) {
            throw BackendError(Code::exhausted, "a simulated volume holds at most 64 MiB", false);
        }
    }
}

}  // namespace simulated
