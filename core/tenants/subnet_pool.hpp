// Gives every isolated tenant network a /28 of its own out of TENANT_SUBNET_POOL. Threads: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "config/cidr.hpp"

namespace nexus::tenants {

class SubnetPool {
  public:
    explicit SubnetPool(config::Ipv4Network pool);

    // Marks a subnet that a tenant already has; one outside the pool is remembered all the same.
    void reserve(const std::string& subnet);

    // The lowest free /28, such as "10.231.0.16/28". Throws Failure `exhausted` where none is left.
    std::string take();
    void release(const std::string& subnet);

  private:
    std::mutex mutex_;
    config::Ipv4Network pool_;
    std::set<std::string> taken_;
    std::uint32_t lowest_free_ = 0;  // no index below it is free
};

}  // namespace nexus::tenants
