// Which run has what of a tenant.
#include <algorithm>

#include "backup/run_store.hpp"
#include "base/failure.hpp"

namespace nexus::backup {
namespace {

constexpr const char* latest = "latest";

bool is_restorable(const TenantBackup* backup) {
    return backup != nullptr && backup->status() != PartStatus::failed;
}

// Newest first, until `take` returns true; a run that cannot be read is passed over, since whoever
// needs that very one is told by `load`.
template <typename Take>
void for_each_newest(const RunStore& runs, Take take) {
    const auto readable = [&](const std::string& id) -> std::optional<Run> {
        try {
            return runs.load(id);
        } catch (const Failure&) {
            return std::nullopt;
        }
    };
    const auto ids = runs.list();
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        auto run = readable(*id);
        if (run && take(*run)) return;
    }
}

std::string choices(const RunStore& runs, const TenantId& tenant) {
    constexpr int most = 10;
    int count = 0;
    std::string text;
    runs.for_each_holding(tenant, [&](const Run& run) {
        text.append(text.empty() ? "" : ", ").append(run.id);
        return ++count == most;
    });
    if (text.empty()) return "no run holds one";
    return "it can be restored from " + text + (count == most ? " and perhaps older ones" : "");
}

std::string without(const TenantId& tenant, const Run& run) {
    const TenantBackup* backup = run.find(tenant);
    if (backup == nullptr) return "run " + run.id + " holds nothing of " + tenant.text();
    std::string text = "run " + run.id + " does not hold all of " + tenant.text();
    for (const auto& part : backup->parts) {
        if (part.status == PartStatus::failed)
            text.append("; ").append(to_string(part.name)).append(" failed: " + part.error);
    }
    return text;
}

[[noreturn]] void fail_not_found(const RunStore& runs, const TenantId& tenant,
                                 const std::string& problem) {
    throw Failure(ErrorCode::snapshot_not_found, problem + "; " + choices(runs, tenant));
}

Run find_latest(const RunStore& runs, const TenantId& tenant) {
    const auto ids = runs.list();
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        try {
            auto run = runs.load(*id);
            if (run && is_restorable(run->find(tenant))) return std::move(*run);
        } catch (const Failure& failure) {
            throw Failure(failure.code(), std::string(failure.what()) +
                                              "; so what the latest backup of " + tenant.text() +
                                              " is cannot be told: " + choices(runs, tenant));
        }
    }
    fail_not_found(runs, tenant, "there is no backup of " + tenant.text());
}

}  // namespace

Run RunStore::find(const TenantId& tenant, const std::string& snapshot) const {
    if (snapshot == latest) return find_latest(*this, tenant);
    if (!is_run_id(snapshot)) {
        fail_not_found(
            *this, tenant,
            "the snapshot must be the id of a run, like 20261126T021500.123Z, or latest");
    }
    auto run = load(snapshot);
    if (!run) fail_not_found(*this, tenant, "there is no run " + snapshot);
    if (!is_restorable(run->find(tenant))) fail_not_found(*this, tenant, without(tenant, *run));
    return std::move(*run);
}

void RunStore::for_each_holding(const TenantId& tenant,
                                const std::function<bool(const Run&)>& take) const {
    for_each_newest(*this,
                    [&](const Run& run) { return is_restorable(run.find(tenant)) && take(run); });
}

std::optional<TenantBackup> RunStore::newest(const TenantId& tenant) const {
    std::optional<TenantBackup> found;
    for_each_newest(*this, [&](const Run& run) {
        if (const auto* backup = run.find(tenant)) found = *backup;
        return found.has_value();
    });
    return found;
}

std::map<TenantId, TenantBackup> RunStore::newest() const {
    std::map<TenantId, TenantBackup> found;
    for_each_newest(*this, [&](Run& run) {
        for (auto& backup : run.tenants)
            found.emplace(backup.tenant, std::move(backup));
        return run.scope.empty();
    });
    return found;
}

}  // namespace nexus::backup
