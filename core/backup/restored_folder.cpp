#include "backup/restored_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/failure.hpp"
#include "base/json.hpp"
#include "tenants/runtime_spec.hpp"
#include "tenants/tenant_files.hpp"

namespace nexus::backup {
namespace {

using tenants::Desired;
using tenants::TenantRecord;

constexpr mode_t private_folder = 0700;
constexpr std::int64_t most_generation = std::int64_t{1} << 53U;

void keep_only(const Directory& folder, std::initializer_list<std::string_view> kept) {
    for (const auto& name : folder.names()) {
        if (std::find(kept.begin(), kept.end(), name) == kept.end()) folder.remove(name);
    }
}

void make_private(const Directory& folder) {
    if (::fchown(folder.fd(), ::geteuid(), ::getegid()) == 0 &&
        ::fchmod(folder.fd(), private_folder) == 0) {
        return;
    }
    throw std::system_error(errno, std::generic_category(), folder.path());
}

// Whatever is wrong with what was unpacked is the snapshot's fault.
template <typename Read>
auto readable(const TenantId& source, Read read) {
    const auto corrupt = [&](const std::exception& error) {
        return Failure(ErrorCode::snapshot_corrupt, "the snapshot holds no folder of tenant " +
                                                        source.text() + ": " + error.what());
    };
    try {
        return read();
    } catch (const json::Error& error) {
        throw corrupt(error);
    } catch (const Failure& error) {
        throw corrupt(error);
    } catch (const std::system_error& error) {
        const auto code = error.code();
        // Of a kind that it must not be, or too long.
        if (code == std::errc::not_a_directory ||
            code == std::errc::too_many_symbolic_link_levels ||
            code == std::errc::invalid_argument || code == std::errc::file_too_large ||
            code == std::errc::no_such_device_or_address) {
            throw corrupt(error);
        }
        throw;
    }
}

bool is_taken(const std::string& subnet, const TenantId& tenant,
              const tenants::TenantStore& store) {
    const auto has_it = [&](const TenantId& other) {
        if (other == tenant) return false;
        try {
            const auto record = store.load(other);
            return record && record->network.subnet == subnet;
        } catch (const json::Error&) {
            return false;  // the engine tells where that one has it
        }
    };
    const auto others = store.list();
    return std::any_of(others.begin(), others.end(), has_it);
}

// A network of any other name is somebody else's, or the machine's own.
bool can_have(const tenants::Network& network, const TenantId& tenant,
              const tenants::TenantStore& store, const config::Settings& settings) {
    if (network.subnet.empty()) {
        return network.name == settings.tenant_network &&
               settings.tenant_isolation == config::Isolation::shared;
    }
    return network.name == tenants::network_name(tenant) &&
           std::holds_alternative<config::Ipv4Network>(
               config::parse_ipv4_network(network.subnet)) &&
           !is_taken(network.subnet, tenant, store);
}

}  // namespace

std::optional<TenantRecord> take_over(const Directory& folder, const TenantId& source) {
    make_private(folder);
    keep_only(folder, {tenants::record_file, tenants::environment_folder, tenants::config_folder});
    return readable(source, [&]() -> std::optional<TenantRecord> {
        const tenants::TenantFiles files(folder);
        const Directory env = folder.ensure(tenants::environment_folder, private_folder);
        make_private(env);
        keep_only(env, {tenants::environment_file});
        // A new file: the old one may have a second name in config/, which the runtime writes to.
        files.write_environment(files.read_environment());
        const auto text = folder.read(tenants::record_file, json::own_files.bytes);
        if (!text) return std::nullopt;
        auto record = tenants::parse_record(*text, source);
        if (record.generation < 0 || record.generation > most_generation) {
            throw json::Error("/generation", "is no count of changes");
        }
        return record;
    });
}

TenantRecord renewed(TenantRecord restored, const TenantId& tenant,
                     const std::optional<TenantRecord>& old, const tenants::TenantStore& store,
                     const config::Settings& settings) {
    restored.tenant_id = tenant;
    restored.generation = std::max(restored.generation, old ? old->generation : 0) + 1;
    restored.job.reset();
    // An image on trial was not proved: no job goes on with it.
    if (!restored.previous_image.empty()) {
        restored.image = std::exchange(restored.previous_image, "");
        restored.desired = restored.previous_desired;
    }
    if (restored.desired == Desired::deleted) restored.desired = Desired::stopped;
    if (old && !old->network.name.empty()) {
        restored.network = old->network;
    } else if (!can_have(restored.network, tenant, store, settings)) {
        restored.network = {};
    }
    restored.updated_at = wall_now();
    return restored;
}

}  // namespace nexus::backup
