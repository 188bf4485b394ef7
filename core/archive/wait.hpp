// Waits that end when the call they belong to has to: at its deadline, or once it is cancelled.
// Threads: any.
#pragma once

#include <condition_variable>
#include <mutex>
#include <nexus/backend.hpp>
#include <string_view>

namespace nexus::archive {

// Throws BackendError `cancelled` or `timeout` where the call is over; `what` is what was waited
// for, for the message.
void require_time(const CallContext& ctx, std::string_view what);

// Waits until `fd` is ready for `events` of poll(2), or in error; throws like require_time.
void wait_ready(const CallContext& ctx, int fd, short events, std::string_view what);

// Sleeps unless the call ends first; throws like require_time.
void pause(const CallContext& ctx, std::chrono::milliseconds duration, std::string_view what);

// Waits until `holds` does, under `lock`; throws like require_time.
template <typename Predicate>
void wait_until_holds(const CallContext& ctx, std::condition_variable& changed,
                      std::unique_lock<std::mutex>& lock, std::string_view what, Predicate holds) {
    // A condition variable cannot watch the file descriptor of a cancellation.
    constexpr std::chrono::milliseconds between_looks(100);
    while (!holds()) {
        require_time(ctx, what);
        changed.wait_for(lock, between_looks);
    }
}

}  // namespace nexus::archive
