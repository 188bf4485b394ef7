// Restore::drill: whether a snapshot could be restored, found out by doing it beside the tenant.
#include "archive/folder_archive.hpp"
#include "archive/wait.hpp"
#include "backup/current_failure.hpp"
#include "backup/databases.hpp"
#include "backup/restore.hpp"
#include "backup/restored_folder.hpp"
#include "backup/same_files.hpp"
#include "backup/scratch.hpp"
#include "backup/sha256.hpp"
#include "backup/spread.hpp"
#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

constexpr mode_t private_folder = 0700;

// A folder in BACKUP_DIR/tmp that is there as long as this.
class WorkFolder {
  public:
    WorkFolder(const Directory& tmp, std::string name) : tmp_(tmp), name_(std::move(name)) {
        tmp_.remove(name_);
        folder_.emplace(tmp_.ensure(name_, private_folder));
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder() {
        try {
            tmp_.remove(name_);
        } catch (const std::system_error&) {
            return;  // the next one of this name removes it
        }
    }
    const Directory& folder() const noexcept { return *folder_; }

  private:
    const Directory& tmp_;
    const std::string name_;
    std::optional<Directory> folder_;
};

}  // namespace

class Restore::Drill {
  public:
    Drill(const Restore& restore, const TenantBackup& backup, DrillReport& report,
          const tenants::JobContext& context)
        : backend_(restore.parts_.backend),
          blobs_(restore.blobs_),
          backup_(backup),
          report_(report),
          context_(context),
          scratch_({restore.parts_.backend, restore.parts_.store}, restore.settings_.node_name,
                   context),
          work_(restore.parts_.dir.tmp(), "drill-" + context.tenant().text()) {}

    void run() {
        scratch_.make();
        for (const auto& part : backup_.parts) {
            report_.bytes += part.tar_bytes;
            report_.entries += part.entries;
            try {
                look_at(part);
            } catch (const Failure& failure) {
                if (failure.code() != ErrorCode::snapshot_corrupt) throw;
                report_.problems.emplace_back(failure.what());
            }
        }
    }

  private:
    void look_at(const Part& part) {
        if (part.name == PartName::folder) {
            const auto copy = scratch_.fill_folder(blobs_, part);
            compare(part, copy, [this](int fd) {
                archive::export_folder(context_.call(), scratch_.folder().path(), fd);
            });
            take_over(scratch_.folder(), backup_.tenant);
            return;
        }
        const std::string volume = scratch_volume(context_.tenant(), part.name);
        const auto copy = scratch_.fill(blobs_, part, volume);
        compare(part, copy,
                [this, &volume](int fd) { backend_.export_volume(context_.call(), volume, fd); });
    }

    void compare(const Part& part, const VolumeCopy& copy, const OnDescriptor& read_back) {
        if (hash_and_check(part, read_back) == part.sha256) return;
        const CallContext call = context_.call();
        const auto snapshot = [&](int fd) {
            blobs_.read(part.sha256, part.tar_bytes, fd,
                        [&call] { archive::require_time(call, "the backup's blob"); });
        };
        const bool lossy = !part.losses.empty() || !copy.losses.empty();
        const auto what = first_difference(snapshot, read_back, lossy);
        if (lossy && what.empty()) return;
        add(report_.problems, part,
            "what was restored is not what is in the snapshot: " +
                (what.empty() ? "extended attributes or times differ" : what));
    }

    // One read for both.
    std::string hash_and_check(const Part& part, const OnDescriptor& read_back) {
        const CallContext call = context_.call();
        Databases databases(work_.folder(), call);
        std::string hash;
        through_pipe(read_back, [&](int fd) {
            spread([&](std::span<char> room) { return read_full(fd, room, "the restored part"); },
                   {[&](Feed& feed) { hash = hash_of(feed); },
                    [&](Feed& feed) { check(databases, feed); }},
                   [&call] { archive::require_time(call, "the restored part"); });
        });
        report_.databases += databases.checked();
        for (const auto& problem : databases.problems())
            add(report_.problems, part, problem);
        for (const auto& note : databases.notes())
            add(report_.notes, part, note + "; it was not looked through");
        return hash;
    }

    static std::string hash_of(Feed& feed) {
        Sha256 hash;
        for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next())
            hash.update(bytes);
        return hash.finish();
    }

    static void check(Databases& databases, Feed& feed) {
        const CallContext call{std::chrono::steady_clock::time_point::max(), -1, {}, {}};
        archive::Losses losses;
        archive::TarReader tar(
            call, [&feed] { return feed.next(); }, losses);
        databases.run(tar);
    }

    static void add(std::vector<std::string>& sentences, const Part& part,
                    const std::string& sentence) {
        sentences.push_back(std::string(to_string(part.name)) + ": " + sentence);
    }

    Backend& backend_;
    const BlobStore& blobs_;
    const TenantBackup& backup_;
    DrillReport& report_;
    const tenants::JobContext& context_;
    const Scratch scratch_;
    const WorkFolder work_;
};

Restore::DrillReport Restore::drill(const Request& request, tenants::JobContext& context) {
    return as_failure([&] {
        settle(context);
        const UniqueFd shared = parts_.dir.share_blobs(context.cancel_fd());
        const Run run = runs_.find(request.source, request.snapshot);
        DrillReport report;
        report.snapshot = run.id;
        try {
            Entry entry;
            entry.kind = Entry::Kind::restore;
            parts_.journal.write(context.tenant(), entry);
            Drill(*this, backup_in(run, request.source), report, context).run();
        } catch (const std::exception&) {
            const Failure failure = current_failure();
            throw Failure(failure.code(), failure.what() + settler_.take_back(context),
                          failure.retryable());
        }
        settler_.discard(context);
        return report;
    });
}

}  // namespace nexus::backup
