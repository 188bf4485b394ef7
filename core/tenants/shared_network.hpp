// The one network of TENANT_ISOLATION=shared. Threads: any.
#pragma once

#include <string>

#include "config/settings.hpp"

namespace nexus::tenants {

// What to do where it is missing. The operator's network is never made by the runner: it would have
// another subnet than the firewall knows.
std::string mend_of_shared_network(const config::Settings& settings);

}  // namespace nexus::tenants
