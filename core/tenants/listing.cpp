#include "tenants/listing.hpp"

#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

const std::string* label_of(const ContainerState& container, const char* name) {
    const auto label = container.labels.find(name);
    return label == container.labels.end() ? nullptr : &label->second;
}

bool is_of(const ContainerState& container, const std::string& node) {
    const auto* label = label_of(container, node_label);
    return label != nullptr && *label == node;
}

}  // namespace

bool is_mass(std::size_t some, std::size_t all) noexcept {
    constexpr std::size_t always_fine = 5;
    return some > always_fine && 2 * some > all;
}

Listing::Listing(Backend& backend, const CallContext& ctx)
    : containers_(backend.list(ctx, {{tenant_label, ""}})) {
    for (const auto& container : containers_)
        by_name_.emplace(container.name, &container);
}

const ContainerState* Listing::runtime(const TenantId& tenant) const {
    return find(tenant, runtime_name(tenant));
}

const ContainerState* Listing::aside(const TenantId& tenant) const {
    return find(tenant, previous_name(tenant));
}

const ContainerState* Listing::find(const TenantId& tenant, const std::string& name) const {
    const auto known = by_name_.find(name);
    if (known == by_name_.end()) return nullptr;
    const auto* label = label_of(*known->second, tenant_label);
    return label != nullptr && *label == tenant.text() ? known->second : nullptr;
}

std::set<std::string> Listing::orphans(const std::string& node,
                                       const std::function<bool(const TenantId&)>& is_known) const {
    std::set<std::string> names;
    for (const auto& container : containers_) {
        if (!is_of(container, node)) continue;
        const auto tenant = TenantId::parse(*label_of(container, tenant_label));
        if (!tenant || !is_known(*tenant)) names.insert(container.name);
    }
    return names;
}

std::set<TenantId> Listing::tenants(const std::string& node) const {
    std::set<TenantId> tenants;
    for (const auto& container : containers_) {
        if (!is_of(container, node)) continue;
        if (auto tenant = TenantId::parse(*label_of(container, tenant_label)))
            tenants.insert(std::move(*tenant));
    }
    return tenants;
}

}  // namespace nexus::tenants
