#include "tenants/tenant_store.hpp"

#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "base/random.hpp"

namespace nexus::tenants {
namespace {

constexpr mode_t private_folder = 0700;
constexpr mode_t private_file = 0600;

}  // namespace

TenantStore::TenantStore(const std::string& tenant_root) : root_(Directory::open(tenant_root)) {}

std::vector<TenantId> TenantStore::list() const {
    std::vector<TenantId> tenants;
    for (const auto& name : root_.names()) {
        if (auto tenant = TenantId::parse(name)) tenants.push_back(std::move(*tenant));
    }
    return tenants;
}

std::optional<TenantRecord> TenantStore::load(const TenantId& tenant) const {
    const auto text = root_.read(tenant.text(), record_file, json::own_files.bytes);
    if (!text) return std::nullopt;
    return parse_record(*text, tenant);
}

TenantStore::Versions TenantStore::versions(const TenantId& tenant) const {
    return {root_.version(tenant.text(), record_file),
            root_.version(tenant.text() + "/" + environment_folder, environment_file)};
}

Environment TenantStore::environment(const TenantId& tenant) const {
    const auto folder = root_.find(tenant.text());
    const auto env = folder ? folder->find(environment_folder) : std::nullopt;
    return env ? read_environment(*env) : Environment{};
}

std::string TenantStore::config_path(const TenantId& tenant) const {
    return root_.path() + "/" + tenant.text() + "/" + config_folder;
}

bool TenantStore::is_unadopted(const TenantId& tenant) const {
    const auto folder = root_.find(tenant.text());
    return folder && !folder->exists(record_file) && folder->exists(environment_folder) &&
           folder->exists(config_folder);
}

void TenantStore::save(const TenantRecord& record, const Directory::Permit& permit) const {
    const Directory own = folder(record.tenant_id);
    permit();
    own.remove_leftovers(record_file);
    own.write(record_file, to_json(record), private_file, permit);
    NEXUS_KILL_POINT("after_record_saved");
}

Directory TenantStore::folder(const TenantId& tenant) const {
    return root_.ensure(tenant.text(), private_folder);
}

void TenantStore::remove(const TenantId& tenant) const {
    root_.remove(tenant.text());
    root_.sync();
}

void TenantStore::probe() const {
    const std::string name = "." + make_id() + ".probe";
    root_.write(name, "", private_file);
    root_.remove(name);
}

}  // namespace nexus::tenants
