#include "config/tenant_id.hpp"

#include "config/characters.hpp"

namespace nexus::config {

std::optional<TenantId> TenantId::parse(std::string_view text) {
    constexpr std::size_t shortest = 3;
    constexpr std::size_t longest = 64;
    if (text.size() < shortest || text.size() > longest) return std::nullopt;
    if (!is_lower_alnum(text.front())) return std::nullopt;
    const auto allowed = [](char c) { return is_lower_alnum(c) || c == '_' || c == '-'; };
    if (!all_are(text, allowed)) return std::nullopt;
    return TenantId(text);
}

}  // namespace nexus::config
