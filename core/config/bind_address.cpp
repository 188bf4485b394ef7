#include "config/bind_address.hpp"

#include "config/characters.hpp"
#include "config/ip_address.hpp"

namespace nexus::config {

std::string BindAddress::text() const {
    const bool brackets = host.find(':') != std::string::npos;
    return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Parsed<BindAddress> parse_bind_address(std::string_view text) {
    constexpr std::int64_t most = 65535;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return "has no port; write it like 127.0.0.1:8000";
    const auto port = parse_digits(text.substr(colon + 1));
    if (!port || *port > most) {
        return "has a bad port; write a number from 0 to 65535 behind the last ':'";
    }
    auto host = text.substr(0, colon);
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    const bool colons = host.find(':') != std::string_view::npos;
    if (colons && !brackets)
        return "has an IPv6 address without brackets; write it like [::1]:8000";
    if (!IpAddress::parse(host) || brackets != colons) {
        return "must begin with an IP address, not a name; write it like 127.0.0.1:8000 or "
               "[::1]:8000";
    }
    return BindAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::optional<std::string> host_address_problem(std::string_view text) {
    if (IpAddress::parse(text)) return std::nullopt;
    if (text.find("://") != std::string_view::npos) {
        return "is a URL; write the address alone, like 10.0.0.2";
    }
    if (text.find('@') != std::string_view::npos) {
        return "holds credentials; write the address alone, like 10.0.0.2";
    }
    if (std::holds_alternative<BindAddress>(parse_bind_address(text))) {
        return "has a port; write the address alone, like 10.0.0.2";
    }
    return "must be an IP address; write it like 10.0.0.2";
}

bool is_public_host(std::string_view host) {
    const auto address = IpAddress::parse(host);
    return address && address->is_public();
}

}  // namespace nexus::config
