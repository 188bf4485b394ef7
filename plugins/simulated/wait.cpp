#include "wait.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::CallContext;
using nexus::Code;
using Clock = std::chrono::steady_clock;

// Whether `fd` became ready before `end`. poll passes over a descriptor of -1.
bool ready_before(const CallContext& ctx, int fd, short events, Clock::time_point end) {
    const auto left = std::max(Clock::duration::zero(), end - Clock::now());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec most{seconds.count(), (left - seconds).count()};
    std::array<pollfd, 2> fds{pollfd{ctx.cancel_fd, POLLIN, 0}, pollfd{fd, events, 0}};
    const int ready = ::ppoll(fds.data(), fds.size(), &most, nullptr);
    if (ready > 0 && fds[0].revents != 0) {
        throw BackendError(Code::cancelled, "the operation was cancelled", false);
    }
    if (Clock::now() >= ctx.deadline) {
        throw BackendError(Code::timeout, "the deadline passed", true);
    }
    return ready > 0;
}

}  // namespace

void pause(const CallContext& ctx, std::chrono::milliseconds latency) {
    const auto end = std::min(Clock::now() + latency, ctx.deadline);
    do
        ready_before(ctx, -1, 0, end);
    while (Clock::now() < end);
}

void wait_ready(const CallContext& ctx, int fd, short events) {
    while (!ready_before(ctx, fd, events, ctx.deadline)) {
    }
}

}  // namespace simulated
