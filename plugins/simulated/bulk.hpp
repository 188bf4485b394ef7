// Bulk bytes to and from a descriptor of the host's, which may be a pipe that nobody serves: every
// wait ends with the call's deadline or its cancellation. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>
#include <string_view>

namespace simulated {

// Throws BackendError `internal` where the reader is gone, `timeout`, `cancelled`.
void write_all(const nexus::CallContext& ctx, int fd, std::string_view bytes);

// All that comes until the end. Throws BackendError `exhausted` for more than 64 MiB, `internal`,
// `timeout`, `cancelled`.
std::string read_all(const nexus::CallContext& ctx, int fd);

}  // namespace simulated
