#include "app/tenant_firewall.hpp"

#include <algorithm>

#include "config/ip_address.hpp"

namespace nexus::app {
namespace {

using config::HostPort;
using config::IpAddress;

constexpr const char* metadata_address = "169.254.169.254";

// Before an address is translated, and in a table where engines have no rules: in FORWARD they put
// those that accept in front of whatever stands there, and a port that is published by another
// container never comes through INPUT.
constexpr const char* table = "-w -t mangle ";
constexpr const char* chain = "NEXUS-TENANTS";

bool is_shared(const config::Settings& settings) {
    return settings.tenant_isolation == config::Isolation::shared;
}

class Script {
  public:
    // `program` is iptables or ip6tables; `from` is what PREROUTING takes for a tenant's packet.
    Script(std::string program, std::string from, std::vector<std::string>& lines)
        : call_(std::move(program) + " " + table), from_(std::move(from)), lines_(lines) {
        lines_.push_back(call_ + "-N " + chain + " 2>/dev/null || " + call_ + "-F " + chain);
        // What the host itself asks of a runtime is answered.
        add("-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN");
    }
    void add(const std::string& rule) { lines_.push_back(call_ + "-A " + chain + " " + rule); }
    void drop(const std::string& match) { add(match + " -j DROP"); }
    void end() {
        const std::string rule = "PREROUTING " + from_ + " -j " + chain;
        lines_.push_back(call_ + "-C " + rule + " 2>/dev/null || " + call_ + "-A " + rule);
    }

  private:
    std::string call_, from_;
    std::vector<std::string>& lines_;
};

std::vector<HostPort> reachable(const std::vector<HostPort>& redis) {
    std::vector<HostPort> result;
    for (const auto& server : redis) {
        const auto address = IpAddress::parse(server.host);
        if (config::is_loopback_host(server.host) || (address && !address->is_v4())) continue;
        if (std::find(result.begin(), result.end(), server) == result.end())
            result.push_back(server);
    }
    return result;
}

// At boot they run before the engine, and ask it nothing.
std::vector<std::string> lines_for(const config::Settings& settings, const std::string& source,
                                   const std::vector<HostPort>& redis) {
    std::vector<std::string> lines;
    Script v4("iptables", "-s " + source, lines);
    v4.drop("-m addrtype --dst-type LOCAL");
    v4.drop(std::string("-d ") + metadata_address);
    for (const auto& server : redis)
        v4.drop("-d " + server.host + " -p tcp --dport " + std::to_string(server.port));
    v4.end();
    // Podman leaves every container and every bridge an IPv6 address of the link.
    if (settings.backend == "podman") {
        Script v6("ip6tables", "-i podman+", lines);
        v6.drop("! -p ipv6-icmp -m addrtype --dst-type LOCAL");
        v6.end();
    }
    return lines;
}

std::string gaps_of(const config::Settings& settings, const std::vector<HostPort>& redis) {
    std::string text =
        is_shared(settings)
            ? "TENANT_ISOLATION=shared: tenants reach whatever is on TENANT_NETWORK " +
                  settings.tenant_network + ", each other too where it lets them. The engine"
            : "the engine keeps tenants from each other, but";
    text += " does not keep them from the cloud metadata address " + std::string(metadata_address) +
            ", nor from what this machine offers on other addresses than loopback";
    if (!config::is_loopback_host(settings.listen_address.host))
        text +=
            ", such as the runner's port (LISTEN_ADDRESS " + settings.listen_address.text() + ")";
    if (!settings.runner_bind_ip.empty())
        text += ", or what is published on RUNNER_BIND_IP " + settings.runner_bind_ip;
    for (const auto& server : redis)
        text += ", nor from Redis at " + server.host + ":" + std::to_string(server.port);
    if (settings.backend == "podman") {
        text +=
            ", nor from containers on a network that was made without --opt isolate=true, so a "
            "runner in a container needs one that was made with it";
    }
    if (is_shared(settings)) text += ". Keep a runner in a container off that network";
    return text;
}

}  // namespace

std::optional<TenantFirewall> tenant_firewall(const config::Settings& settings,
                                              const std::string& subnet,
                                              const std::vector<HostPort>& redis) {
    if (settings.backend == "simulated") return std::nullopt;
    const auto servers = reachable(redis);
    TenantFirewall firewall{gaps_of(settings, servers), {}};
    const auto source = is_shared(settings) ? subnet : settings.tenant_subnet_pool.text();
    if (!source.empty()) firewall.lines = lines_for(settings, source, servers);
    return firewall;
}

}  // namespace nexus::app
