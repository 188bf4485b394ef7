// The operations of a plugin as text in, text out. Threads: any, as far as the Backend's own.
#pragma once

#include "messages.hpp"

namespace nexus::plugin_detail {

// Returns the reply. Throws BackendError `invalid` for a malformed request, `unsupported` for an
// operation that is not known here, and whatever the backend throws.
std::string run_call(Backend& backend, const CallContext& ctx, std::int32_t op,
                     std::string_view request);
std::string run_transfer(Backend& backend, const CallContext& ctx, std::int32_t op,
                         std::string_view request, int fd);

}  // namespace nexus::plugin_detail
