// The name of a tenant, which is also part of the names of its folder, container, volumes and
// network: nothing that is not of this form ever becomes a path. Threads: as a plain value.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nexus::config {

class TenantId {
  public:
    // ^[a-z0-9][a-z0-9_-]{2,63}$ as a whole; nothing for anything else.
    static std::optional<TenantId> parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees one in what the compiler writes
    friend auto operator<=>(const TenantId&, const TenantId&) = default;

  private:
    explicit TenantId(std::string_view text) : text_(text) {}
    std::string text_;
};

}  // namespace nexus::config

template <>
struct std::hash<nexus::config::TenantId> {
    std::size_t operator()(const nexus::config::TenantId& tenant) const noexcept {
        return std::hash<std::string>{}(tenant.text());
    }
};
