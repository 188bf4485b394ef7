// Writing to a descriptor of the host's without outliving the call. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string_view>

namespace nexus::engine {

// Writes all of `bytes`. Throws BackendError `internal` where that fails, a reader that is gone
// included, and `timeout` or `cancelled` where a slow reader outlasts the call.
void write_all(const CallContext& ctx, int fd, std::string_view bytes);

}  // namespace nexus::engine
