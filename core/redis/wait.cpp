#include "redis/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace nexus::redis {
namespace {

// Up, so that a wait never ends just before its deadline and goes round once more.
int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
    using std::chrono::milliseconds;
    constexpr milliseconds longest = std::chrono::hours(24);
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp(left, milliseconds(0), longest).count());
}

}  // namespace

Ready wait_for(int fd, short events, const Wait& wait) {
    // poll ignores the entries whose descriptor is -1.
    std::array<pollfd, 3> watched{pollfd{fd, events, 0}, pollfd{wait.stop_fd, POLLIN, 0},
                                  pollfd{wait.wake_fd, POLLIN, 0}};
    for (;;) {
        const int timeout = milliseconds_until(wait.deadline);
        const int count = ::poll(watched.data(), watched.size(), timeout);
        if (count < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "poll");
        if (count > 0) return watched[0].revents != 0 ? Ready::yes : Ready::cancelled;
        if (count == 0 && std::chrono::steady_clock::now() >= wait.deadline) return Ready::expired;
    }
}

bool stop_requested(const Wait& wait) {
    if (wait.stop_fd < 0 && wait.wake_fd < 0) return false;
    const Wait none{{}, wait.stop_fd, wait.wake_fd};
    return wait_for(-1, 0, none) == Ready::cancelled;
}

}  // namespace nexus::redis
