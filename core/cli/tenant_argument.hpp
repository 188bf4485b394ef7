// A tenant's id on the command line. Threads: any.
#pragma once

#include <string>

#include "config/tenant_id.hpp"

namespace nexus::cli {

// `argument` is the name of the option or argument that it was given for. Throws StartFailure
// `exit_usage`.
config::TenantId tenant_argument(const std::string& argument, const std::string& text);

}  // namespace nexus::cli
