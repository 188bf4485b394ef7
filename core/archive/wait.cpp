#include "archive/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace nexus::archive {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A call without a deadline still gets one that fits into poll's int.
constexpr milliseconds longest_poll(60'000);

bool is_cancelled(const CallContext& ctx) {
    pollfd cancel{ctx.cancel_fd, POLLIN, 0};
    return ctx.cancel_fd >= 0 && ::poll(&cancel, 1, 0) > 0;
}

// Rounded up, so that a wait never ends just before its time and turns round for nothing.
int milliseconds_until(Clock::time_point when) {
    const auto left = std::chrono::ceil<milliseconds>(
        std::min<Clock::duration>(when - Clock::now(), longest_poll));
    return static_cast<int>(std::max(left, milliseconds(0)).count());
}

// Whether `fd` became ready before `until`; false as well where the call was cancelled.
bool poll_until(const CallContext& ctx, int fd, short events, Clock::time_point until) {
    std::array<pollfd, 2> fds{pollfd{fd, events, 0}, pollfd{ctx.cancel_fd, POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), milliseconds_until(until)) < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "poll");
    }
    return fds[0].revents != 0 && fds[1].revents == 0;
}

}  // namespace

void require_time(const CallContext& ctx, std::string_view what) {
    if (is_cancelled(ctx)) {
        throw BackendError(Code::cancelled, "cancelled while waiting for " + std::string(what),
                           true);
    }
    if (Clock::now() >= ctx.deadline) {
        throw BackendError(Code::timeout,
                           "the deadline passed while waiting for " + std::string(what), true);
    }
}

void wait_ready(const CallContext& ctx, int fd, short events, std::string_view what) {
    do
        require_time(ctx, what);
    while (!poll_until(ctx, fd, events, ctx.deadline));
}

void pause(const CallContext& ctx, milliseconds duration, std::string_view what) {
    const auto end = Clock::now() + duration;
    constexpr int no_fd = -1;  // poll passes over it
    do {
        require_time(ctx, what);
        poll_until(ctx, no_fd, 0, std::min(end, ctx.deadline));
    } while (Clock::now() < end);
}

}  // namespace nexus::archive
