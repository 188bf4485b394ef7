// An IPv4 network: where isolated tenants get their /28. Threads: as a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/parsed.hpp"

namespace nexus::config {

struct Ipv4Network {
    std::uint32_t base = 0;  // the network's own address in host byte order, host bits zero
    unsigned prefix_length = 0;

    std::string text() const;  // "10.231.0.0/16"
    friend bool operator==(const Ipv4Network&, const Ipv4Network&) = default;
};

// "10.231.0.0/16": a prefix of 8 to 28, no bits set behind it.
Parsed<Ipv4Network> parse_ipv4_network(std::string_view text);

}  // namespace nexus::config
