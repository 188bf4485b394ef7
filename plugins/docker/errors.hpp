// What an error of the Docker Engine means to a caller. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

namespace nexus::docker {

// `status` is that of the HTTP answer; 500 for an error that came inside a stream. `message` is the
// engine's own, `what` the thing that was tried, such as "starting container a".
BackendError to_error(int status, const std::string& message, const std::string& what);

}  // namespace nexus::docker
