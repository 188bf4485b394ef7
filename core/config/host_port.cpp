#include "config/host_port.hpp"

#include <algorithm>
#include <utility>

#include "config/characters.hpp"
#include "config/ip_address.hpp"

namespace nexus::config {
namespace {

// The underscore is not in RFC 1123, but compose makes names with it.
bool is_host_name(std::string_view host) {
    constexpr std::size_t longest = 253;
    return !host.empty() && host.size() <= longest && is_alnum(host.front()) &&
           all_are(host, [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

struct Halves {
    std::string_view host;
    std::optional<std::string_view> port;
};

Parsed<Halves> halve(std::string_view text) {
    if (!text.empty() && text.front() == '[') {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return "has a '[' without its ']'; write [fd00::1]:6379";
        const Halves halves{text.substr(1, end - 1), std::nullopt};
        const auto address = IpAddress::parse(halves.host);
        if (!address || halves.host.find(':') == std::string_view::npos) {
            return "has no IPv6 address between its brackets; write it like [fd00::1]:6379";
        }
        const auto rest = text.substr(end + 1);
        if (rest.empty()) return halves;
        if (rest.front() != ':') return "has something else than :port behind the brackets";
        return Halves{halves.host, rest.substr(1)};
    }
    if (std::count(text.begin(), text.end(), ':') > 1) {
        return "has more than one ':'; an IPv6 address needs brackets, like [fd00::1]:6379";
    }
    const auto [host, port] = cut(text, ':');
    if (host.empty()) return "has no host; write it like 10.0.0.2:6379";
    if (!is_host_name(host)) {
        return "has a host that is neither a name (letters, digits, '.', '-', '_') nor an address";
    }
    return Halves{host, port};
}

}  // namespace

Parsed<HostPort> parse_host_port(std::string_view text, std::optional<std::uint16_t> default_port) {
    auto halved = halve(text);
    if (auto* problem = std::get_if<std::string>(&halved)) return std::move(*problem);
    const auto& [host, port_text] = std::get<Halves>(halved);
    if (!port_text && !default_port) return "has no port; write host:port";
    const auto port = port_text ? parse_port(*port_text) : default_port;
    if (!port) return "has a bad port; write a number from 1 to 65535 behind the ':'";
    return HostPort{std::string(host), *port};
}

Parsed<std::vector<HostPort>> parse_host_ports(std::string_view text) {
    std::vector<HostPort> result;
    for (const auto part : split(text, ',')) {
        auto parsed = parse_host_port(trim(part));
        if (const auto* problem = std::get_if<std::string>(&parsed)) {
            return "entry " + std::to_string(result.size() + 1) + " " + *problem;
        }
        result.push_back(std::get<HostPort>(std::move(parsed)));
    }
    return result;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    constexpr std::int64_t most = 65535;
    const auto number = parse_digits(text);
    if (!number || *number < 1 || *number > most) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

bool is_loopback_host(std::string_view host) {
    if (host == "localhost") return true;
    const auto address = IpAddress::parse(host);
    return address && address->is_loopback();
}

}  // namespace nexus::config
