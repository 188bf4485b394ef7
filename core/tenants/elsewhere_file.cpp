#include "tenants/elsewhere_file.hpp"

#include <sstream>

namespace nexus::tenants {
namespace {

constexpr const char* file_name = "elsewhere";
constexpr std::size_t most_bytes = 64U << 20U;  // of a million ids

}  // namespace

std::set<config::TenantId> read_elsewhere(const std::string& state_dir) {
    std::set<config::TenantId> tenants;
    std::istringstream lines(read_file(state_dir + "/" + file_name, most_bytes).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (const auto tenant = config::TenantId::parse(line)) tenants.insert(*tenant);
    }
    return tenants;
}

void write_elsewhere(const Directory& state_dir, const std::set<config::TenantId>& tenants) {
    std::string text;
    for (const auto& tenant : tenants)
        text.append(tenant.text()).append("\n");
    state_dir.write(file_name, text, 0600);
}

}  // namespace nexus::tenants
