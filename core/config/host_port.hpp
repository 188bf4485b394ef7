// Where a server is: a host name or address, and a port. Threads: as a plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/parsed.hpp"

namespace nexus::config {

struct HostPort {
    std::string host;  // an IPv6 address stands without its brackets
    std::uint16_t port = 0;

    friend bool operator==(const HostPort&, const HostPort&) = default;
};

// "redis-1:26379", "10.0.0.2:6379", "[fd00::1]:6379". Without a port: `default_port`, or a refusal
// where that is nothing.
Parsed<HostPort> parse_host_port(std::string_view text,
                                 std::optional<std::uint16_t> default_port = std::nullopt);

// "host:port,host:port", blanks around the commas allowed, at least one.
Parsed<std::vector<HostPort>> parse_host_ports(std::string_view text);

// 1 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

// Whether the host is this machine itself: "localhost" or a loopback address.
bool is_loopback_host(std::string_view host);

}  // namespace nexus::config
