// The release of this program. Threads: any.
#pragma once

namespace nexus::app {

const char* version() noexcept;  // "0.1.0"

}  // namespace nexus::app
