// Waits that end when their call has to. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>

namespace simulated {

// Takes as long as an engine would. Throws BackendError `cancelled` or `timeout`.
void pause(const nexus::CallContext& ctx, std::chrono::milliseconds latency);

// Until `fd` is ready for `events` of poll(2), or in error; throws like pause.
void wait_ready(const nexus::CallContext& ctx, int fd, short events);

}  // namespace simulated
