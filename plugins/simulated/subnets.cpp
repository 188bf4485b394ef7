#include "subnets.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <nexus/backend.hpp>

namespace simulated {

using nexus::BackendError;
using nexus::Code;

Subnets::Range Subnets::parse(const std::string& cidr) {
    const auto slash = cidr.find('/');
    in_addr address{};
    unsigned bits = 0;
    const char* end = cidr.data() + cidr.size();
    const bool good = slash != std::string::npos &&
                      ::inet_pton(AF_INET, cidr.substr(0, slash).c_str(), &address) == 1 &&
                      std::from_chars(cidr.data() + slash + 1, end, bits).ptr == end && bits >= 1 &&
                      bits <= 30;
    if (!good) {
        throw BackendError(Code::invalid, "\"" + cidr + "\" is no IPv4 subnet such as 10.0.0.0/24",
                           false);
    }
    const std::uint32_t host_bits = ~std::uint32_t{0} >> bits;
    const std::uint32_t first = ntohl(address.s_addr) & ~host_bits;
    return {first, first | host_bits};
}

bool Subnets::is_free(const Range& range) const {
    const auto next = taken_.upper_bound(range.last);
    return next == taken_.begin() || std::prev(next)->second < range.first;
}

std::string Subnets::choose() {
    constexpr std::uint32_t base = 0xAC100000;  // 172.16.0.0
    for (std::uint32_t i = 0; i < 4096; ++i) {
        const Range range{base + i * 256, base + i * 256 + 255};
        if (!is_free(range)) continue;
        return "172." + std::to_string(16 + i / 256) + "." + std::to_string(i % 256) + ".0/24";
    }
    throw BackendError(Code::exhausted, "there is no free subnet left in 172.16.0.0/12", true);
}

std::string Subnets::take(const std::string& cidr) {
    std::string chosen = cidr.empty() ? choose() : cidr;
    const Range range = parse(chosen);
    if (!is_free(range)) {
        throw BackendError(Code::conflict, "the subnet " + chosen + " overlaps another network",
                           false);
    }
    taken_.emplace(range.first, range.last);
    return chosen;
}

void Subnets::release(const std::string& cidr) {
    taken_.erase(parse(cidr).first);
}

}  // namespace simulated
