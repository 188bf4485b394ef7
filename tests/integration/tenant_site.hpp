// The worker machine of the engine under test, and what its tenants reach when they try.
// Threads: the one that made it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "integration/tenant_node.hpp"
#include "integration/worker_network.hpp"

namespace nexus::test {

struct Place {
    std::string what, host;
    int port;
};

// "yes" or "no" by what was tried.
using Reached = std::map<std::string, std::string>;

class TenantSite {
  public:
    // Where the worker machine has none.
    static constexpr const char* no_link_address = "fe80::1%eth0";

    // Throws Unavailable as WorkerNetwork does.
    explicit TenantSite(ContainerEngine& engine);

    WorkerNetwork& network() noexcept { return network_; }
    std::string address(const std::string& tenant) const;
    std::string gateway(const std::string& tenant) const;
    // The worker machine's own IPv6 address on the tenant's network.
    std::string link_address(const std::string& tenant) const;
    Reached tried(const std::vector<Place>& places, const std::string& tenant) const;

  private:
    ContainerEngine& engine_;
    WorkerNetwork network_;
};

// On the engine under test. Nothing, and SKIPPED with the reason, where its network is not ours;
// a failure with NEXUS_REQUIRE_ENGINES=1.
std::unique_ptr<TenantSite> tenant_site();

// What check-config prints and the start has logged.
std::vector<std::string> firewall_lines(const Runner& runner);

}  // namespace nexus::test
