#include "engine/cancel_signal.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

namespace nexus::engine {

CancelSignal::CancelSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void CancelSignal::cancel() const noexcept {
    ::eventfd_write(fd_.get(), 1);
}

CallContext CancelSignal::within(std::chrono::nanoseconds time) const {
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() +
                   std::chrono::duration_cast<std::chrono::steady_clock::duration>(time);
    ctx.cancel_fd = fd_.get();
    return ctx;
}

}  // namespace nexus::engine
