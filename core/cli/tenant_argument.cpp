#include "cli/tenant_argument.hpp"

#include "app/start_failure.hpp"

namespace nexus::cli {

config::TenantId tenant_argument(const std::string& argument, const std::string& text) {
    if (auto tenant = config::TenantId::parse(text)) return *tenant;
    throw app::StartFailure(app::exit_usage, argument + ": \"" + text +
                                                 "\" is no tenant id; use 3 to 64 of a-z, 0-9, _ "
                                                 "and -, beginning with a letter or digit");
}

}  // namespace nexus::cli
