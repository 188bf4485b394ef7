#include "integration/tenant_site.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "support/unavailable.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {

TenantSite::TenantSite(ContainerEngine& engine) : engine_(engine), network_(engine) {}

std::string TenantSite::address(const std::string& tenant) const {
    return inside(engine_, tenant, "ip -4 -o addr show eth0 | awk '{print $4}' | cut -d/ -f1");
}

std::string TenantSite::gateway(const std::string& tenant) const {
    return inside(engine_, tenant, "ip route | awk '/^default/{print $3}'");
}

std::string TenantSite::link_address(const std::string& tenant) const {
    const auto here = run({.argv = {"ip", "-4", "-o", "addr"}}).out;
    const auto line = here.rfind('\n', here.find(" " + gateway(tenant) + "/")) + 1;
    const auto name = here.find(": ", line) + 2;
    const auto bridge = here.substr(name, here.find(' ', name) - name);
    std::string six;
    const auto settled = [&] {
        six = run({.argv = {"ip", "-6", "-o", "addr", "show", bridge}}).out;
        return !contains(six + inside(engine_, tenant, "ip -6 addr show eth0"), "tentative");
    };
    wait_until(settled, std::chrono::seconds(20), "nobody else has the IPv6 addresses");
    const auto begin = six.find("fe80:");
    return begin == std::string::npos ? no_link_address
                                      : six.substr(begin, six.find('/') - begin) + "%eth0";
}

Reached TenantSite::tried(const std::vector<Place>& places, const std::string& tenant) const {
    Reached reached;
    for (const auto& place : places) {
        const auto connect = "timeout 10 nc -w 2 " + place.host + " " + std::to_string(place.port) +
                             " -e true 2>/dev/null";
        reached[place.what] = inside(engine_, tenant, connect + " && echo yes || echo no");
    }
    return reached;
}

std::unique_ptr<TenantSite> tenant_site() {
    try {
        return std::make_unique<TenantSite>(ContainerEngine::under_test());
    } catch (const Unavailable& error) {
        const char* required = std::getenv("NEXUS_REQUIRE_ENGINES");
        if (required != nullptr && std::string(required) == "1") FAIL(std::string(error.what()));
        MESSAGE("SKIPPED: ", std::string(error.what()));
        return nullptr;
    }
}

std::vector<std::string> firewall_lines(const Runner& runner) {
    const auto checked = runner.cli({"check-config", "--json"});
    CAPTURE(checked.out);
    CAPTURE(checked.err);
    const json::Document answer = parsed(checked.out);
    std::vector<std::string> lines;
    for (const auto& check : answer["checks"].GetArray()) {
        for (const auto& line : check["commands"].GetArray())
            lines.emplace_back(line.GetString());
    }
    REQUIRE_FALSE(lines.empty());
    for (const auto& line : lines)
        CHECK(contains(runner.log(), line));
    return lines;
}

}  // namespace nexus::test
