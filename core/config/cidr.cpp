#include "config/cidr.hpp"

#include "config/characters.hpp"
#include "config/ip_address.hpp"

namespace nexus::config {

std::string Ipv4Network::text() const {
    std::string text;
    for (unsigned shift = 32; shift > 0;) {
        shift -= 8;
        text += std::to_string((base >> shift) & 0xffU);
        text += shift > 0 ? "." : "/";
    }
    return text + std::to_string(prefix_length);
}

Parsed<Ipv4Network> parse_ipv4_network(std::string_view text) {
    constexpr std::int64_t shortest = 8;
    constexpr std::int64_t longest = 28;  // a tenant's own network is a /28
    const auto [address, prefix] = cut(text, '/');
    if (!prefix) return "has no prefix length; write the network like 10.231.0.0/16";
    const auto parsed = IpAddress::parse(address);
    if (!parsed || !parsed->is_v4()) {
        return "must be an IPv4 network; write it like 10.231.0.0/16";
    }
    const auto length = parse_digits(*prefix);
    if (!length || *length < shortest || *length > longest) {
        return "must have a prefix length of 8 to 28, since every tenant gets a /28 of it; write "
               "it like 10.231.0.0/16";
    }
    const Ipv4Network network{parsed->v4(), static_cast<unsigned>(*length)};
    if ((network.base & (0xffffffffU >> network.prefix_length)) != 0) {
        return "has bits set behind its prefix; write the first address of the network, like "
               "10.231.0.0/16";
    }
    return network;
}

}  // namespace nexus::config
