// Where a server of ours listens, and which addresses it may not listen on. Threads: as plain
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/parsed.hpp"

namespace nexus::config {

struct BindAddress {
    std::string host;        // an IP address, IPv6 without brackets
    std::uint16_t port = 0;  // 0: any free one

    std::string text() const;  // with brackets where they are needed
    friend bool operator==(const BindAddress&, const BindAddress&) = default;
};

// "127.0.0.1:8000", "[::1]:8000". Names are refused: what they stand for may change after the
// check.
Parsed<BindAddress> parse_bind_address(std::string_view text);

// A host address alone, "10.0.0.2": why `text` is none, with the mend. A port, a URL or credentials
// are named as what they are.
std::optional<std::string> host_address_problem(std::string_view text);

// Whether strangers may reach a server on `host`; see IpAddress::is_public. False for anything that
// is no address.
bool is_public_host(std::string_view host);

}  // namespace nexus::config
