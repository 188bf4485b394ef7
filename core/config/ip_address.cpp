#include "config/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace nexus::config {
namespace {

struct Range {
    std::uint32_t base;
    unsigned prefix_length;

    bool holds(std::uint32_t address) const noexcept {
        return ((address ^ base) >> (32U - prefix_length)) == 0;
    }
};

constexpr Range loopback_v4{0x7f000000, 8};                                // 127.0.0.0/8
constexpr std::array<Range, 6> near_v4{loopback_v4,      {0x0a000000, 8},  // 10.0.0.0/8
                                       {0xac100000, 12},                   // 172.16.0.0/12
                                       {0xc0a80000, 16},                   // 192.168.0.0/16
                                       {0xa9fe0000, 16},                   // 169.254.0.0/16
                                       {0x64400000, 10}};                  // 100.64.0.0/10
constexpr std::array<std::uint8_t, 12> wrapped_v4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string terminated(text);
    IpAddress address;
    if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
    std::copy(wrapped_v4.begin(), wrapped_v4.end(), address.bytes_.begin());
    if (::inet_pton(AF_INET, terminated.c_str(), &address.bytes_[wrapped_v4.size()]) == 1) {
        return address;
    }
    return std::nullopt;
}

bool IpAddress::is_v4() const noexcept {
    return std::equal(wrapped_v4.begin(), wrapped_v4.end(), bytes_.begin());
}

std::uint32_t IpAddress::v4() const noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = wrapped_v4.size(); i < bytes_.size(); ++i)
        value = value << 8U | bytes_[i];
    return value;
}

bool IpAddress::is_loopback() const noexcept {
    if (is_v4()) return loopback_v4.holds(v4());
    return bytes_.back() == 1 && std::all_of(bytes_.begin(), bytes_.end() - 1,
                                             [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_unspecified() const noexcept {
    if (is_v4()) return v4() == 0;
    return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_public() const noexcept {
    if (is_v4()) {
        return std::none_of(near_v4.begin(), near_v4.end(),
                            [this](const Range& range) { return range.holds(v4()); });
    }
    const bool unique_local = (bytes_[0] & 0xfeU) == 0xfc;                     // fc00::/7
    const bool link_local = bytes_[0] == 0xfe && (bytes_[1] & 0xc0U) == 0x80;  // fe80::/10
    return !is_loopback() && !unique_local && !link_local;
}

}  // namespace nexus::config
