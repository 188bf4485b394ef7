#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "backup/blob_store.hpp"
#include "backup/manifest_format.hpp"
#include "backup/offsite.hpp"
#include "backup/offsite_names.hpp"
#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "base/kill_point.hpp"
#include "base/random.hpp"

namespace nexus::backup {
namespace {

constexpr const char* latest = "latest";
constexpr const char* restored = "restored";

// The id of the run that a snapshot is of, as its tag says; empty: it says none.
std::string run_of(const Restic::Snapshot& snapshot) {
    for (const auto& tag : snapshot.tags) {
        if (tag.starts_with(offsite::run_tag) && is_run_id(tag.substr(offsite::run_tag.size())))
            return tag.substr(offsite::run_tag.size());
    }
    return {};
}

// The one of this run, or the newest; null: there is none.
const Restic::Snapshot* choose(const std::vector<Restic::Snapshot>& all, const std::string& id) {
    const Restic::Snapshot* chosen = nullptr;
    for (const auto& snapshot : all) {
        const auto run = run_of(snapshot);
        if (run.empty() || (id != latest && run != id)) continue;
        if (chosen == nullptr || run >= run_of(*chosen)) chosen = &snapshot;
    }
    return chosen;
}

// The newest ten.
std::string choices(const std::vector<Restic::Snapshot>& all) {
    constexpr std::size_t most = 10;
    std::set<std::string, std::greater<>> runs;
    for (const auto& snapshot : all) {
        if (auto run = run_of(snapshot); !run.empty()) runs.insert(std::move(run));
    }
    std::string text;
    std::size_t count = 0;
    for (const auto& run : runs) {
        if (++count > most) return text + " and older ones";
        text.append(text.empty() ? "" : ", ").append(run);
    }
    return text;
}

[[noreturn]] void fail_corrupt(const std::string& what, const std::string& problem) {
    throw Failure(ErrorCode::snapshot_corrupt,
                  "what restic gave back of " + what + " is not what was sent: " + problem +
                      "; run restic check --read-data, and choose another snapshot");
}

void require_id(const std::string& snapshot) {
    if (snapshot == latest || is_run_id(snapshot)) return;
    throw Failure(ErrorCode::snapshot_not_found,
                  "the snapshot must be the id of a run, like 20261126T021500.123Z, or latest");
}

// Of what restic made, which may be anything: no link is followed, and nothing but a file is read.
UniqueFd open_file(const Directory& folder, const std::string& name, std::int64_t size) {
    UniqueFd file(
        ::openat(folder.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        fail_corrupt(name, std::generic_category().message(errno));
    if (!S_ISREG(status.st_mode) || status.st_size != size)
        fail_corrupt(name, "it is no file of " + std::to_string(size) + " bytes");
    return file;
}

Run read_run(const Directory& folder, const std::string& id) {
    try {
        const auto text = folder.read(offsite::run_file, manifest_limits.bytes);
        if (!text) fail_corrupt(offsite::run_file, "it is not there");
        return parse_run(*text, id);
    } catch (const json::Error& error) {
        fail_corrupt(offsite::run_file, error.what());
    } catch (const std::system_error& error) {
        fail_corrupt(offsite::run_file, error.what());
    }
}

Directory folder_of(const BackupDir& dir) {
    auto folder = dir.tmp().find(restored);
    if (!folder) fail_corrupt("the snapshot", "nothing is there");
    return std::move(*folder);
}

}  // namespace

Fetched::Fetched(const BackupDir& within, int cancel_fd)
    : tmp_(within.tmp()),
      shared_(within.share_blobs(cancel_fd)),
      name_("fetched-" + make_id()),
      dir_(std::make_unique<BackupDir>(tmp_.path() + "/" + name_)) {}

Fetched::~Fetched() {
    dir_.reset();
    try {
        tmp_.remove(name_);
    } catch (const std::exception&) {
        return;  // prune removes it
    }
}

Offsite::Offsite(const BackupDir& dir, int cancel_fd)
    : dir_(dir), cancel_fd_(cancel_fd), restic_(cancel_fd) {}

// What `from` holds becomes blobs, as long as each is what the run says.
void Offsite::take_in(const Run& run, const TenantBackup& backup, const Directory& from,
                      const BackupDir& into) const {
    const BlobStore blobs(into);
    const Permit permit = [this] {
        if (is_cancelled(cancel_fd_)) throw Failure(ErrorCode::cancelled, "cancelled");
    };
    for (const auto& part : backup.parts) {
        if (part.status == PartStatus::failed) continue;
        const std::string name = offsite::tar_file(part);
        const UniqueFd file = open_file(from, name, part.tar_bytes);
        try {
            const auto facts = blobs.add(file.get(), permit);
            if (facts.sha256 != part.sha256) fail_corrupt(name, "its hash is another");
            if (facts.entries != part.entries) fail_corrupt(name, "it has other files");
        } catch (const BackendError& error) {
            fail_corrupt(name, error.what());
        }
        from.remove(name);
    }
    RunStore(into).publish(run);
    NEXUS_KILL_POINT("after_offsite_taken_in");
}

std::unique_ptr<Fetched> Offsite::fetch(const TenantId& tenant, const std::string& snapshot,
                                        const Report& report) const {
    require_id(snapshot);
    report("off-site: looking for " + tenant.text());
    const auto all = restic_.snapshots({{offsite::tag_of_all, offsite::tag_of(tenant)}, "", false});
    const auto* chosen = choose(all, snapshot);
    if (chosen == nullptr) {
        const auto others = choices(all);
        throw Failure(ErrorCode::snapshot_not_found,
                      "restic has no " + (snapshot == latest ? "backup" : "run " + snapshot) +
                          " of tenant " + tenant.text() +
                          (others.empty() ? "" : "; it has " + others));
    }
    auto fetched = std::make_unique<Fetched>(dir_, cancel_fd_);
    fetched->snapshot_ = run_of(*chosen);
    report("off-site: fetching " + tenant.text() + " of " + fetched->snapshot_);
    restic_.restore(chosen->id, fetched->dir().tmp().path() + "/" + restored);
    NEXUS_KILL_POINT("after_offsite_restored");
    const Directory folder = folder_of(fetched->dir());
    const Run run = read_run(folder, fetched->snapshot_);
    const TenantBackup* backup = run.find(tenant);
    if (backup == nullptr || run.scope != tenant.text())
        fail_corrupt(offsite::run_file, "it is not about tenant " + tenant.text() + " alone");
    take_in(run, *backup, folder, fetched->dir());
    return fetched;
}

std::vector<TenantId> Offsite::tenants(const std::string& node, const std::string& snapshot) const {
    require_id(snapshot);
    const std::vector<std::string> tags{offsite::tag_of_all, offsite::tag_of_list};
    const auto all = restic_.snapshots({tags, node, false});
    const auto* chosen = choose(all, snapshot);
    if (chosen == nullptr) {
        std::set<std::string> others;
        for (const auto& other : restic_.snapshots({tags, "", true}))
            others.insert(other.host);
        std::string text;
        for (const auto& other : others)
            text.append(text.empty() ? "; it has runs of " : ", ").append(other);
        const auto runs = choices(all);
        throw Failure(ErrorCode::snapshot_not_found,
                      "restic has no run" + (snapshot == latest ? "" : " " + snapshot) +
                          " of node " + node +
                          (runs.empty() ? text : "; of this node it has " + runs));
    }
    const Fetched fetched(dir_, cancel_fd_);
    restic_.restore(chosen->id, fetched.dir().tmp().path() + "/" + restored);
    std::vector<TenantId> tenants;
    for (const auto& backup : read_run(folder_of(fetched.dir()), run_of(*chosen)).tenants)
        tenants.push_back(backup.tenant);
    return tenants;
}

}  // namespace nexus::backup
