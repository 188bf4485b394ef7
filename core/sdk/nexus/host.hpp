// The host's side of the plugin boundary: a Backend whose methods are calls through the C functions
// of a plugin. Core uses it; a plugin never does.
#pragma once

#include <nexus/backend_abi.h>

#include <memory>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>

namespace nexus {

// What the host does with a plugin's words. Threads: any, also while a call runs. Nothing may
// throw.
class HostCallbacks {
  public:
    virtual ~HostCallbacks() = default;
    virtual void log(nexus_log_level level, std::string_view text) noexcept = 0;
    virtual void event(const Event& event) noexcept = 0;
};

// The name of an operation is that of its method: "ensure_volume". "unknown" for a value that is
// not in the set.
std::string_view to_string(nexus_op op) noexcept;

// Makes an instance of a plugin whose descriptor has been checked, and wraps it. The Backend
// destroys the instance with itself; `callbacks` must outlive it. Throws BackendError with the
// plugin's own message. A reply that is not what the operation returns, or longer than 64 MiB, is
// `internal`.
std::unique_ptr<Backend> create_backend(const nexus_backend_descriptor& descriptor,
                                        const std::string& config, HostCallbacks& callbacks);

}  // namespace nexus
