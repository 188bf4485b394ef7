// One wait on descriptors: until one of them is ready, until the deadline, or until somebody says
// stop. Threads: any.
#pragma once

#include <chrono>

namespace nexus::redis {

struct Wait {
    std::chrono::steady_clock::time_point deadline;
    // Readable: stop waiting now. -1: none. The first is for good, the second for this call.
    int stop_fd = -1;
    int wake_fd = -1;

    static Wait lasting(std::chrono::milliseconds time, int stop_fd = -1, int wake_fd = -1) {
        return {std::chrono::steady_clock::now() + time, stop_fd, wake_fd};
    }
};

enum class Ready { yes, expired, cancelled };

// `events` as for poll(2); an error on `fd` counts as ready, since the next read or write tells
// which. Where `fd` and a stop come together, `fd` is ready. With `fd` -1 only the others are
// waited for. Throws std::system_error where poll itself fails.
Ready wait_for(int fd, short events, const Wait& wait);

// A stop descriptor is readable now.
bool stop_requested(const Wait& wait);

}  // namespace nexus::redis
