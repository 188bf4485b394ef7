#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "app/preflight.hpp"
#include "app/tenant_firewall.hpp"

namespace nexus::app {
namespace {

// The IPv4 addresses of `server`; itself where its name is not known here, for the firewall may
// know it.
std::vector<config::HostPort> addresses_of(const config::HostPort& server) {
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    if (::getaddrinfo(server.host.c_str(), nullptr, &wanted, &first) != 0) return {server};
    std::vector<config::HostPort> addresses;
    for (const auto* found = first; found != nullptr; found = found->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) == 0) {
            addresses.push_back({text.data(), server.port});
        }
    }
    ::freeaddrinfo(first);
    return addresses;
}

std::vector<config::HostPort> redis_addresses(const config::Settings& settings) {
    const auto& url = settings.redis_url;
    auto servers = settings.redis_sentinels;
    if (servers.empty() && url.scheme != config::RedisScheme::unix_socket)
        servers.push_back({url.host, url.port});
    std::vector<config::HostPort> addresses;
    for (const auto& server : servers) {
        const auto found = addresses_of(server);
        addresses.insert(addresses.end(), found.begin(), found.end());
    }
    return addresses;
}

}  // namespace

std::vector<Finding> check_isolation(const config::Settings& settings,
                                     const std::optional<NetworkState>& shared) {
    auto firewall =
        tenant_firewall(settings, shared ? shared->subnet : "", redis_addresses(settings));
    if (!firewall) return {};
    if (firewall->lines.empty())
        return {Finding::warning("tenant_isolation", std::move(firewall->gaps))};
    std::string message =
        firewall->gaps +
        ". Run these lines as root on the host, at each boot again; whether they are in place "
        "cannot be seen from here. They cut a name server on the host's own addresses and on the "
        "metadata address as well, and "
        "leave the other machines of a private network reachable";
    if (!settings.redis_sentinels.empty())
        message += ". Each Redis that the sentinels may name needs a line like theirs";
    auto finding = Finding::warning("tenant_isolation", std::move(message));
    finding.commands = std::move(firewall->lines);
    return {std::move(finding)};
}

}  // namespace nexus::app
