#include "app/tenant_firewall.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace nexus::app {
namespace {

config::Settings make_settings(const std::string& backend) {
    config::Settings settings;
    settings.backend = backend;
    settings.tenant_subnet_pool =
        std::get<config::Ipv4Network>(config::parse_ipv4_network("10.231.0.0/16"));
    settings.tenant_network = "runner_internal";
    settings.listen_address = {"127.0.0.1", 8000};
    return settings;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("the lines for Docker, one by one") {
    const auto firewall = tenant_firewall(make_settings("docker"), "", {{"10.0.0.2", 6379}});
    REQUIRE(firewall);
    CHECK(firewall->lines ==
          std::vector<std::string>{
              "iptables -w -t mangle -N NEXUS-TENANTS 2>/dev/null || "
              "iptables -w -t mangle -F NEXUS-TENANTS",
              "iptables -w -t mangle -A NEXUS-TENANTS -m conntrack --ctstate ESTABLISHED,RELATED "
              "-j RETURN",
              "iptables -w -t mangle -A NEXUS-TENANTS -m addrtype --dst-type LOCAL -j DROP",
              "iptables -w -t mangle -A NEXUS-TENANTS -d 169.254.169.254 -j DROP",
              "iptables -w -t mangle -A NEXUS-TENANTS -d 10.0.0.2 -p tcp --dport 6379 -j DROP",
              "iptables -w -t mangle -C PREROUTING -s 10.231.0.0/16 -j NEXUS-TENANTS 2>/dev/null "
              "|| iptables -w -t mangle -A PREROUTING -s 10.231.0.0/16 -j NEXUS-TENANTS"});
}

TEST_CASE("Podman's containers have an IPv6 address of the link, and lines against it") {
    const auto firewall = tenant_firewall(make_settings("podman"), "", {});
    CHECK(has(firewall->gaps, "without --opt isolate=true"));
    const auto& lines = firewall->lines;
    CHECK(std::count(lines.begin(), lines.end(),
                     "ip6tables -w -t mangle -A NEXUS-TENANTS ! -p ipv6-icmp -m addrtype "
                     "--dst-type LOCAL -j DROP") == 1);
    CHECK(has(lines.back(), "ip6tables -w -t mangle -A PREROUTING -i podman+ -j NEXUS-TENANTS"));
}

TEST_CASE("what no tenant could reach anyway has no line") {
    for (const char* host : {"127.0.0.1", "localhost", "::1", "fd00::2"}) {
        CAPTURE(host);
        const auto firewall = tenant_firewall(make_settings("docker"), "", {{host, 6379}});
        CHECK(firewall->lines.size() == 5);
        CHECK_FALSE(has(firewall->gaps, "Redis"));
    }
    CHECK_FALSE(has(tenant_firewall(make_settings("docker"), "", {})->gaps, "LISTEN_ADDRESS"));
    CHECK_FALSE(tenant_firewall(make_settings("simulated"), "", {{"10.0.0.2", 6379}}));
}

TEST_CASE("the gaps name what is open by its setting, and each Redis once") {
    auto settings = make_settings("docker");
    settings.listen_address = {"0.0.0.0", 8000};
    settings.runner_bind_ip = "10.0.0.3";
    const auto firewall = tenant_firewall(
        settings, "", {{"10.0.0.2", 6379}, {"10.0.0.2", 6379}, {"redis.example", 6380}});
    for (const char* part :
         {"169.254.169.254", "LISTEN_ADDRESS 0.0.0.0:8000", "RUNNER_BIND_IP 10.0.0.3",
          "Redis at 10.0.0.2:6379, nor from Redis at redis.example:6380"}) {
        CAPTURE(part);
        CHECK(has(firewall->gaps, part));
    }
    CHECK(firewall->lines.size() == 7);
}

TEST_CASE("on a shared network the lines are for its subnet") {
    for (const char* backend : {"docker", "podman"}) {
        auto settings = make_settings(backend);
        settings.tenant_isolation = config::Isolation::shared;
        CAPTURE(backend);
        const auto firewall = tenant_firewall(settings, "172.30.0.0/16", {});
        CHECK(has(firewall->gaps,
                  "TENANT_ISOLATION=shared: tenants reach whatever is on TENANT_NETWORK"));
        CHECK(has(firewall->lines.at(4), "PREROUTING -s 172.30.0.0/16 -j NEXUS-TENANTS"));
        CHECK(tenant_firewall(settings, "", {})->lines.empty());
    }
}

}  // namespace
}  // namespace nexus::app
