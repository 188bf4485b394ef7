#include "support/backend_call.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace nexus::test {

CallContext within(std::chrono::milliseconds time) {
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + time;
    return ctx;
}

Cancellation::Cancellation() : fd_(::eventfd(0, EFD_CLOEXEC)) {}

Cancellation::~Cancellation() {
    ::close(fd_);
}

void Cancellation::cancel() const {
    ::eventfd_write(fd_, 1);
}

CallContext Cancellation::within(std::chrono::milliseconds time) const {
    CallContext ctx = test::within(time);
    ctx.cancel_fd = fd_;
    return ctx;
}

}  // namespace nexus::test
