#include "archive/bulk_writer.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "archive/beneath.hpp"
#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

constexpr const char* reader = "the reader of the archive";

// No disk holds one write of this much up for long.
constexpr std::size_t large_piece = 256U << 10U;

}  // namespace

BulkWriter::BulkWriter(const CallContext& ctx, int fd) : ctx_(ctx), fd_(fd), piece_(large_piece) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) {
        throw BackendError(
            Code::internal,
            "the archive has nowhere to go: " + std::generic_category().message(errno), false);
    }
    socket_ = S_ISSOCK(status.st_mode);
    if (!S_ISFIFO(status.st_mode)) return;
    // Not a duplicate, which would share its flags with the host.
    own_ = reopen(fd, O_WRONLY | O_NONBLOCK);
    if (own_) {
        fd_ = own_.get();
    } else {
        // What a ready pipe takes without blocking.
        piece_ = PIPE_BUF;
    }
}

void BulkWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        wait_ready(ctx_, fd_, POLLOUT, reader);
        const ssize_t written = write_some(bytes.substr(0, piece_));
        if (written < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            const bool full = errno == ENOSPC || errno == EDQUOT;
            throw BackendError(
                full ? Code::exhausted : Code::internal,
                "the archive cannot be written: " + std::generic_category().message(errno), full);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

ssize_t BulkWriter::write_some(std::string_view bytes) const {
    if (socket_) return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return ::write(fd_, bytes.data(), bytes.size());
}

}  // namespace nexus::archive
