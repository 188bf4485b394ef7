#include "app/version.hpp"

namespace nexus::app {

const char* version() noexcept {
    return NEXUS_VERSION;
}

}  // namespace nexus::app
