#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "backup/blob_store.hpp"
#include "backup/current_failure.hpp"
#include "backup/offsite.hpp"
#include "backup/offsite_names.hpp"
#include "base/cancel.hpp"
#include "base/kill_point.hpp"

namespace nexus::backup {
namespace {

constexpr mode_t private_file = 0600;
constexpr mode_t private_folder = 0700;
constexpr std::uint64_t spare_bytes = 64U << 20U;  // for whoever else writes meanwhile

// The content of one snapshot. Of the same name each time: restic tells by the path which snapshot
// comes after which.
class Parcel {
  public:
    Parcel(const Directory& tmp, std::string name) : tmp_(tmp), name_(std::move(name)) {
        tmp_.remove(name_);
        folder_ = tmp_.ensure(name_, private_folder);
    }
    Parcel(const Parcel&) = delete;
    Parcel& operator=(const Parcel&) = delete;
    ~Parcel() {
        try {
            tmp_.remove(name_);
        } catch (const std::exception&) {
            return;  // the next one of the name, or prune, removes it
        }
    }

    const Directory& folder() const noexcept { return *folder_; }
    UniqueFd create(const std::string& name) const {
        UniqueFd file(::openat(folder_->fd(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, private_file));
        if (!file)
            throw std::system_error(errno, std::generic_category(), folder_->path() + "/" + name);
        return file;
    }

  private:
    const Directory& tmp_;
    const std::string name_;
    std::optional<Directory> folder_;
};

// What a run has of one tenant, as a run of its own.
Run only(const Run& run, const TenantBackup& backup) {
    Run one = run;
    one.scope = backup.tenant.text();
    one.tenants = {backup};
    return one;
}

bool is_whole(const TenantBackup& backup) {
    return backup.status() != PartStatus::failed;
}

std::string sentence(const std::string& of, const Failure& failure) {
    return "off-site, " + of + ": " + failure.what();
}

}  // namespace

void Offsite::require_room(const TenantBackup& backup) const {
    std::uint64_t needed = spare_bytes;
    for (const auto& part : backup.parts)
        needed += static_cast<std::uint64_t>(part.tar_bytes);
    const auto free = dir_.free_bytes();
    if (free >= needed) return;
    throw Failure(ErrorCode::exhausted, dir_.path() + " has " + std::to_string(free >> 20U) +
                                            " MiB free, and restic needs " +
                                            std::to_string(needed >> 20U) +
                                            " for the tars of this tenant; make room");
}

std::int64_t Offsite::send_tenant(const Run& run, const TenantBackup& backup) const {
    require_room(backup);
    const Parcel parcel(dir_.tmp(), "off-site-" + backup.tenant.text());
    const BlobStore blobs(dir_);
    const Permit permit = [this] {
        if (is_cancelled(cancel_fd_)) throw Failure(ErrorCode::cancelled, "cancelled");
    };
    for (const auto& part : backup.parts) {
        const UniqueFd file = parcel.create(offsite::tar_file(part));
        blobs.read(part.sha256, part.tar_bytes, file.get(), permit);
    }
    parcel.folder().create(offsite::run_file, to_json(only(run, backup)), private_file);
    NEXUS_KILL_POINT("after_offsite_parcel");
    const auto bytes = restic_.backup(
        parcel.folder().path(),
        {offsite::tag_of_all, offsite::tag_of_run(run.id), offsite::tag_of(backup.tenant)},
        run.node);
    NEXUS_KILL_POINT("after_offsite_sent");
    return bytes;
}

// A point is in no tenant's id.
std::int64_t Offsite::send_list(const Run& run) const {
    const Parcel parcel(dir_.tmp(), "off-site.node");
    parcel.folder().create(offsite::run_file, to_json(run), private_file);
    return restic_.backup(parcel.folder().path(),
                          {offsite::tag_of_all, offsite::tag_of_run(run.id), offsite::tag_of_list},
                          run.node);
}

Offsite::Sent Offsite::send(const Run& run, const Report& report) const {
    // One after the other that fails says that the rest will too, each after a long wait.
    constexpr int most_in_a_row = 3;
    Sent sent;
    int in_a_row = 0;
    const auto attempt = [&](const std::string& of, auto work) {
        try {
            sent.bytes += as_failure(work);
            in_a_row = 0;
            return true;
        } catch (const Failure& failure) {
            if (failure.code() == ErrorCode::cancelled || is_cancelled(cancel_fd_)) throw;
            sent.problems.push_back(sentence(of, failure));
            ++in_a_row;
            return false;
        }
    };
    report("off-site: once no other backup is sent");
    const UniqueFd alone = dir_.own_parcels(cancel_fd_);
    const UniqueFd shared = dir_.share_blobs(cancel_fd_);
    if (run.scope.empty()) {
        report("off-site: the list of the tenants");
        // It is small: where it cannot be sent, nothing can.
        if (!attempt("the list of the tenants", [&] { return send_list(run); }))
            in_a_row = most_in_a_row;
    }
    std::size_t done = 0;
    for (const auto& backup : run.tenants) {
        ++done;
        if (!is_whole(backup)) continue;
        const bool given_up = in_a_row >= most_in_a_row;
        if (!given_up) {
            report("off-site: " + std::to_string(done) + " of " +
                   std::to_string(run.tenants.size()) + ", " + backup.tenant.text());
        }
        if (given_up || !attempt(backup.tenant.text(), [&] { return send_tenant(run, backup); }))
            sent.failed.push_back(backup.tenant);
    }
    if (in_a_row >= most_in_a_row && !sent.failed.empty()) {
        sent.problems.push_back("off-site: the rest was not tried; the backup here is complete");
    }
    return sent;
}

}  // namespace nexus::backup
