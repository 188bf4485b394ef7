// An IPv4 or IPv6 address as text gives it, and how far it can be reached from. Threads: as a plain
// value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nexus::config {

class IpAddress {
  public:
    // "10.0.0.2", "fd00::1", without brackets, zone or leading zeros; nothing for anything else.
    static std::optional<IpAddress> parse(std::string_view text);

    // Also for an IPv6 address that only wraps an IPv4 one (::ffff:10.0.0.2).
    bool is_v4() const noexcept;
    std::uint32_t v4() const noexcept;  // host byte order

    bool is_loopback() const noexcept;
    bool is_unspecified() const noexcept;  // 0.0.0.0 and ::, which stand for every interface
    // Whether strangers may reach it: everything but loopback, private (RFC 1918, RFC 4193),
    // link-local and carrier-grade NAT (RFC 6598) addresses. The unspecified ones count as public.
    bool is_public() const noexcept;

  private:
    std::array<std::uint8_t, 16> bytes_{};  // network byte order, IPv4 in its IPv6 wrapping
};

}  // namespace nexus::config
