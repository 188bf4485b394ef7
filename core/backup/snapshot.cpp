#include "backup/snapshot.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "backup/current_failure.hpp"
#include "backup/report.hpp"
#include "backup/snapshot_draft.hpp"
#include "backup/snapshot_work.hpp"
#include "base/json.hpp"
#include "tenants/elsewhere_file.hpp"
#include "tenants/listing.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::backup {
namespace {

using tenants::JobContext;

// backup.md: a paused tenant each.
constexpr std::size_t most_workers = 4;

// For what is written beside the raw copies: compressed blobs, their lists, the run itself.
constexpr std::uint64_t reserve_bytes = 64U << 20U;

std::size_t workers_for(std::size_t tenants) {
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    return std::min({processors, most_workers, std::max<std::size_t>(1, tenants)});
}

std::string shown(std::uint64_t bytes) {
    constexpr std::uint64_t megabyte = 1'000'000;
    return std::to_string((bytes + megabyte - 1) / megabyte) + " MB";
}

}  // namespace

Snapshot::Snapshot(Parts parts, const config::Settings& settings, std::string runner_version,
                   Log& log, std::chrono::milliseconds patience)
    : parts_(parts),
      settings_(settings),
      runner_version_(std::move(runner_version)),
      log_(log),
      patience_(patience),
      blobs_(parts.dir),
      runs_(parts.dir),
      capture_({parts.backend, parts.store, parts.dir, blobs_, parts.journal}, settings, log) {}

Run Snapshot::of_node(const Capture::Options& options, int cancel_fd, const Report& report) const {
    return as_failure([&] {
        auto tenants = parts_.store.list();
        add_lost(tenants, cancel_fd);
        leave_out_elsewhere(tenants);
        return of(tenants, "", runs_.newest(), options, cancel_fd, report);
    });
}

// A newer run would pass for their newest state, which is where they are now.
void Snapshot::leave_out_elsewhere(std::vector<TenantId>& tenants) const {
    for (const auto& tenant : tenants::read_elsewhere(settings_.state_dir)) {
        if (std::erase(tenants, tenant) == 0) continue;
        log_.warning("a tenant on this node's disk belongs to another node, and is left out",
                     {{"tenant", tenant.text()}});
    }
}

Run Snapshot::of_one(const TenantId& tenant, const Capture::Options& options, int cancel_fd,
                     const Report& report) const {
    return as_failure([&] {
        require_here(tenant);
        Known known;
        if (auto before = runs_.newest(tenant)) known.emplace(tenant, std::move(*before));
        return of({tenant}, tenant.text(), known, options, cancel_fd, report);
    });
}

Run Snapshot::of_tenant(const Capture::Options& options, const JobContext& context) const {
    return as_failure([&] {
        const TenantId& tenant = context.tenant();
        require_here(tenant);
        Known known;
        if (auto before = runs_.newest(tenant)) known.emplace(tenant, std::move(*before));
        require_room(known, 1);
        Draft draft(*this, tenant.text(), context.job().id, context.call());
        const auto* before = known.empty() ? nullptr : &known.begin()->second;
        auto captured = capture_.run(before, options, context);
        if (captured.failure) throw Failure(*captured.failure);
        draft.add(std::move(captured));
        return draft.publish();
    });
}

Run Snapshot::of(const std::vector<TenantId>& tenants, const std::string& scope, const Known& known,
                 const Capture::Options& options, int cancel_fd, const Report& report) const {
    const std::size_t workers = workers_for(tenants.size());
    require_room(known, workers);
    Draft draft(*this, scope, "", call(cancel_fd));
    try {
        Work(*this, {tenants, known, options, cancel_fd, report}, draft).run(workers);
    } catch (const Failure& failure) {
        if (failure.code() != ErrorCode::cancelled) throw;
        throw Failure(ErrorCode::cancelled, "the backup was cancelled; nothing was published");
    }
    return draft.publish();
}

CallContext Snapshot::call(int cancel_fd) const {
    return {JobContext::Clock::now() + settings_.job_timeout, cancel_fd, "backup", ""};
}

// One whose folder is gone would go unnoticed, and an empty TENANT_ROOT would look like a node
// without tenants: their backups may go in time.
void Snapshot::add_lost(std::vector<TenantId>& tenants, int cancel_fd) const {
    const std::set<TenantId> known(tenants.begin(), tenants.end());
    const tenants::Listing listing(parts_.backend, call(cancel_fd));
    const auto lost = listing.orphans(
        settings_.node_name, [&known](const TenantId& tenant) { return known.count(tenant) > 0; });
    if (tenants::is_mass(lost.size(), listing.containers().size())) {
        throw Failure(
            ErrorCode::conflict,
            std::to_string(lost.size()) + " of " + std::to_string(listing.containers().size()) +
                " containers of this node have no tenant folder in TENANT_ROOT " +
                settings_.tenant_root +
                ": is its file system mounted? Nothing was backed up; mount it, or look at "
                "nexus-runner tenants --orphans");
    }
    for (const auto& tenant : listing.tenants(settings_.node_name)) {
        if (known.count(tenant) == 0) tenants.push_back(tenant);
    }
}

// The folder is made before the container and removed after it, so in the tenant's turn one that
// is alone is lost; a listing may have been overtaken.
std::optional<Failure> Snapshot::lost(const TenantId& tenant, int cancel_fd) const {
    if (parts_.store.root().exists(tenant.text())) return std::nullopt;
    const auto containers =
        parts_.backend.list(call(cancel_fd), tenants::identity(tenant, settings_.node_name));
    if (containers.empty()) return std::nullopt;
    return Failure(ErrorCode::conflict,
                   "the container " + containers.front().name + " of tenant " + tenant.text() +
                       " is there, and its folder in TENANT_ROOT " + settings_.tenant_root +
                       " is not, so nothing of it was backed up: see that the file system is "
                       "mounted, restore the tenant, or remove the container; nexus-runner tenants "
                       "--orphans lists it");
}

// The raw copies of as many tenants as are read at once, by what was read of them last.
void Snapshot::require_room(const Known& known, std::size_t at_once) const {
    std::vector<std::int64_t> sizes;
    for (const auto& [tenant, backup] : known)
        sizes.push_back(tar_bytes(backup));
    std::sort(sizes.rbegin(), sizes.rend());
    sizes.resize(std::min(sizes.size(), at_once));
    std::uint64_t needed = reserve_bytes;
    for (const auto size : sizes)
        needed += static_cast<std::uint64_t>(size);
    const std::uint64_t free = parts_.dir.free_bytes();
    if (free >= needed) return;
    throw Failure(ErrorCode::exhausted,
                  "BACKUP_DIR " + parts_.dir.path() + " has " + shown(free) +
                      " of room, and a backup needs " + shown(needed) +
                      " for the raw copies of its largest tenants; make room there, or keep fewer "
                      "runs (BACKUP_KEEP)",
                  true);
}

bool Snapshot::is_here(const TenantId& tenant) const {
    if (!parts_.store.root().exists(tenant.text())) return false;
    try {
        const auto record = parts_.store.load(tenant);
        return !record || record->desired != tenants::Desired::deleted;
    } catch (const json::Error&) {
        return true;  // what is damaged is saved as it is
    }
}

void Snapshot::require_here(const TenantId& tenant) const {
    if (is_here(tenant)) return;
    throw not_here(tenant.text(), settings_.node_name);
}

}  // namespace nexus::backup
