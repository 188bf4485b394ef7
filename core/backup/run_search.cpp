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

// A run that cannot be read is passed over: whoever needs that very one is told by `load`.
std::optional<Run> readable(const RunStore& runs, const std::string& id) {
    try {
        return runs.load(id);
    } catch (const Failure&) {
        return std::nullopt;
    }
}

// Newest first, until `take` returns true.
template <typename Take>
void for_each_newest(const RunStore& runs, Take take) {
    const auto ids = runs.list();
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        auto run = readable(runs, *id);
        if (run && take(*run)) return;
    }
}

// When a run was noted as damaged; a note that cannot be read is one of now.
std::optional<WallTime> damaged_at(const RunStore& runs, const std::string& id) {
    try {
        const auto verification = runs.verification(id);
        if (!verification || verification->ok) return std::nullopt;
        return verification->at;
    } catch (const Failure&) {
        return wall_now();
    }
}

// By blob, when a run that names it was last noted as damaged: it may be this one that is.
std::map<std::string, WallTime> doubts(const RunStore& runs) {
    std::map<std::string, WallTime> times;
    for (const auto& id : runs.list()) {
        const auto at = damaged_at(runs, id);
        const auto run = at ? readable(runs, id) : std::nullopt;
        if (!run) continue;
        for (const auto& backup : run->tenants) {
            for (const auto& part : backup.parts) {
                WallTime& last = times[part.sha256];
                last = std::max(last, *at);
            }
        }
    }
    return times;
}

// What was verified before the doubt was not.
void mistrust(TenantBackup& backup, const std::map<std::string, WallTime>& doubts) {
    for (auto& part : backup.parts) {
        const auto doubt = doubts.find(part.sha256);
        if (doubt != doubts.end() && part.verified_at <= doubt->second) part.verified_at = {};
    }
}

// What an older run kept of a part that had failed since is the newest that there is of it.
void add_older(std::optional<TenantBackup>& found, const TenantBackup& older) {
    if (!found) {
        found = older;
        return;
    }
    for (auto& part : found->parts) {
        const auto* kept = older.find(part.name);
        if (part.status == PartStatus::failed && kept != nullptr) part = *kept;
    }
}

void drop_failed(TenantBackup& backup) {
    std::erase_if(backup.parts, [](const Part& part) { return part.status == PartStatus::failed; });
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
        if (const auto* backup = run.find(tenant)) add_older(found, *backup);
        return found && found->status() != PartStatus::failed;
    });
    if (!found) return found;
    drop_failed(*found);
    mistrust(*found, doubts(*this));
    return found;
}

std::map<TenantId, TenantBackup> RunStore::newest() const {
    std::map<TenantId, std::optional<TenantBackup>> found;
    bool all_are_known = false;
    for_each_newest(*this, [&](const Run& run) {
        for (const auto& backup : run.tenants) {
            if (!all_are_known || found.count(backup.tenant) > 0)
                add_older(found[backup.tenant], backup);
        }
        all_are_known = all_are_known || run.scope.empty();
        return all_are_known && std::all_of(found.begin(), found.end(), [](const auto& each) {
                   return each.second->status() != PartStatus::failed;
               });
    });
    const auto doubted = doubts(*this);
    std::map<TenantId, TenantBackup> newest;
    for (auto& [tenant, backup] : found) {
        drop_failed(*backup);
        mistrust(*backup, doubted);
        newest.emplace(tenant, std::move(*backup));
    }
    return newest;
}

}  // namespace nexus::backup
