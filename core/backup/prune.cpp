#include "backup/prune.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "backup/retention.hpp"
#include "backup/run_store.hpp"
#include "base/kill_point.hpp"

namespace nexus::backup {
namespace {

// Of a run what a decision takes: a run itself may be large, and there are many.
struct Seen {
    RunAge age;
    std::vector<std::string> blobs;
    std::vector<TenantId> restorable;
    std::vector<TenantId> failed;
};

Seen look_at(const RunStore& runs, const Run& run) {
    const auto verification = runs.verification(run.id);
    Seen seen{{run.id, run.scope, run.started_at, verification && verification->ok}, {}, {}, {}};
    for (const auto& backup : run.tenants) {
        const bool failed = backup.status() == PartStatus::failed;
        (failed ? seen.failed : seen.restorable).push_back(backup.tenant);
        for (const auto& part : backup.parts) {
            if (part.status != PartStatus::failed) seen.blobs.push_back(part.sha256);
        }
    }
    return seen;
}

// Oldest first.
std::vector<Seen> look_at_all(const RunStore& runs) {
    std::vector<Seen> all;
    for (const auto& id : runs.list()) {
        if (const auto run = runs.load(id)) all.push_back(look_at(runs, *run));
    }
    return all;
}

// A run without tenants: of a machine to which they are still to be restored, or of one that has
// none any more.
bool is_empty(const Seen& run) {
    return run.restorable.empty() && run.failed.empty();
}

// Those that are still there: the newest run of the whole node, or a run after it, names them.
std::set<TenantId> tenants_of(const std::vector<Seen>& runs) {
    std::set<TenantId> tenants;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        tenants.insert(run->restorable.begin(), run->restorable.end());
        tenants.insert(run->failed.begin(), run->failed.end());
        if (run->age.scope.empty() && !is_empty(*run)) break;
    }
    return tenants;
}

// Of each tenant the newest verified run that has all of it.
std::set<std::string> last_resorts(const std::vector<Seen>& runs) {
    std::set<std::string> ids;
    auto missing = tenants_of(runs);
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (!run->age.verified) continue;
        for (const auto& tenant : run->restorable) {
            if (missing.erase(tenant) > 0) ids.insert(run->age.id);
        }
    }
    return ids;
}

std::set<std::string> kept_of(const std::vector<Seen>& runs, const config::BackupKeep& keep) {
    std::vector<RunAge> ages;
    ages.reserve(runs.size());
    for (const auto& run : runs) {
        ages.push_back(run.age);
        if (is_empty(run)) ages.back().verified = false;  // it proves nothing
    }
    auto ids = kept(ages, keep);
    ids.merge(last_resorts(runs));
    return ids;
}

// The blob that a file of blobs/ belongs to; empty for what is none of ours.
std::string blob_of(const std::string& name) {
    constexpr std::size_t digits = 64;
    const auto sha256 = name.substr(0, digits);
    const auto ending = name.substr(sha256.size());
    const bool ours = ending == ".tar.zst" || ending == ".files.jsonl.zst";
    return ours && is_sha256(sha256) ? sha256 : std::string();
}

std::int64_t size_of(const Directory& folder, const std::string& name) {
    struct stat status {};
    if (::fstatat(folder.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return status.st_size;
    throw std::system_error(errno, std::generic_category(), folder.path() + "/" + name);
}

void sweep(const Directory& blobs, const std::set<std::string>& named, bool dry_run,
           Pruned& pruned) {
    std::set<std::string> gone;
    for (const auto& name : blobs.names()) {
        const auto blob = blob_of(name);
        if (blob.empty() || named.count(blob) > 0) continue;
        pruned.bytes += size_of(blobs, name);
        gone.insert(blob);
        if (dry_run) continue;
        blobs.remove(name);
        NEXUS_KILL_POINT("after_blob_removed");
    }
    pruned.blobs = static_cast<std::int64_t>(gone.size());
}

void remove_leftovers(const BackupDir& dir, const RunStore& runs) {
    for (const auto& id : runs.unpublished())
        runs.abandon(id);
    for (const auto& name : dir.tmp().names())
        dir.tmp().remove(name);
}

}  // namespace

Pruned prune(const BackupDir& dir, const config::BackupKeep& keep, bool dry_run, int cancel_fd) {
    const UniqueFd owned = dir.own_blobs(cancel_fd);
    const RunStore runs(dir);
    const auto all = look_at_all(runs);
    const auto keeping = kept_of(all, keep);
    Pruned pruned;
    std::set<std::string> named;
    for (const auto& run : all) {
        if (keeping.count(run.age.id) > 0) {
            ++pruned.kept;
            named.insert(run.blobs.begin(), run.blobs.end());
        } else {
            pruned.runs.push_back(run.age.id);
            if (!dry_run) runs.abandon(run.age.id);
        }
    }
    if (!dry_run) remove_leftovers(dir, runs);
    if (!all.empty()) sweep(dir.blobs(), named, dry_run, pruned);
    return pruned;
}

}  // namespace nexus::backup
