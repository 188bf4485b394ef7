// One listing of the engine's containers that carry our labels. Threads: a plain value.
#pragma once

#include <functional>
#include <map>
#include <nexus/backend.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

// Whether so many of all tenants are too many to be believed (tenants.md, Reconciling): more than
// half of them, and more than five.
bool is_mass(std::size_t some, std::size_t all) noexcept;

class Listing {
  public:
    // One call to the engine. Throws BackendError.
    Listing(Backend& backend, const CallContext& ctx);
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;

    // The tenant's runtime, and a former one that is kept aside; null where there is none.
    const ContainerState* runtime(const TenantId& tenant) const;
    const ContainerState* aside(const TenantId& tenant) const;

    const std::vector<ContainerState>& containers() const noexcept { return containers_; }

    // Names of the containers of `node` whose tenant it does not know.
    std::set<std::string> orphans(const std::string& node,
                                  const std::function<bool(const TenantId&)>& is_known) const;

    // Whose containers of `node` they are.
    std::set<TenantId> tenants(const std::string& node) const;

  private:
    const ContainerState* find(const TenantId& tenant, const std::string& name) const;

    std::vector<ContainerState> containers_;
    std::map<std::string_view, const ContainerState*> by_name_;
};

}  // namespace nexus::tenants
