#include "tenants/subnet_pool.hpp"

#include "base/failure.hpp"

namespace nexus::tenants {
namespace {

constexpr unsigned subnet_bits = 28;
constexpr std::uint32_t subnet_size = 1U << (32U - subnet_bits);

}  // namespace

SubnetPool::SubnetPool(config::Ipv4Network pool) : pool_(pool) {}

void SubnetPool::reserve(const std::string& subnet) {
    const std::scoped_lock lock(mutex_);
    taken_.insert(subnet);
}

std::string SubnetPool::take() {
    const std::scoped_lock lock(mutex_);
    const std::uint32_t count = 1U << (subnet_bits - pool_.prefix_length);
    for (; lowest_free_ < count; ++lowest_free_) {
        std::string subnet =
            config::Ipv4Network{pool_.base + lowest_free_ * subnet_size, subnet_bits}.text();
        if (taken_.insert(subnet).second) return subnet;
    }
    throw Failure(ErrorCode::exhausted, "every /28 of TENANT_SUBNET_POOL is taken, " +
                                            std::to_string(count) +
                                            " in all; widen the pool or delete tenants");
}

void SubnetPool::release(const std::string& subnet) {
    const std::scoped_lock lock(mutex_);
    taken_.erase(subnet);
    lowest_free_ = 0;
}

}  // namespace nexus::tenants
