#include "backup/capture_attempt.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "archive/folder_archive.hpp"
#include "backup/current_failure.hpp"
#include "backup/fingerprint.hpp"
#include "backup/hold.hpp"
#include "backup/scratch.hpp"
#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "tenants/backend_failure.hpp"

namespace nexus::backup {
namespace {

// A week, but for half a day: the run of the same hour a week later begins now a little earlier and
// now a little later.
constexpr std::chrono::hours full_read_every(24 * 7 - 12);
constexpr std::chrono::hours verified_every = full_read_every;

constexpr int most_reads = 2;

// By its size alone. A disk that does not even tell that has lost it.
bool is_whole(const BlobStore& blobs, const Part& part) {
    try {
        return blobs.size(part.sha256) == part.blob_bytes;
    } catch (const std::exception&) {
        return false;
    }
}

bool is_within(WallTime time, std::chrono::hours age) {
    const WallTime now = wall_now();
    return time <= now && now - time < age;
}

}  // namespace

Capture::Attempt::Attempt(const Capture& capture, const TenantBackup* before,
                          const Options& options, const tenants::JobContext& context)
    : parts_(capture.parts_),
      settings_(capture.settings_),
      log_(capture.log_),
      before_(before),
      options_(options),
      context_(context),
      result_{TenantBackup(context.tenant())} {}

// Trouble with a part is that part's alone; the end of all work is not.
template <typename Step>
void Capture::Attempt::attempt(Source& source, Step step) {
    if (source.has_failed()) return;
    try {
        step();
    } catch (const std::exception&) {
        const Failure failure = current_failure();
        if (failure.code() == ErrorCode::cancelled) throw failure;
        fail(source, failure);
    }
}

void Capture::Attempt::fail(Source& source, const Failure& failure) {
    Part failed;
    failed.name = source.part.name;
    failed.status = PartStatus::failed;
    failed.consistency = source.part.consistency;
    failed.reason = to_string(failure.code());
    failed.error = failure.what();
    source.part = std::move(failed);
    source.tar.reset();
    if (!result_.failure) result_.failure = failure;
}

void Capture::Attempt::look() {
    const TenantId& tenant = context_.tenant();
    for (const auto name : all_parts) {
        Source source;
        source.part.name = name;
        bool exists = true;
        if (name == PartName::folder) {
            source.path = parts_.store.path() + "/" + tenant.text();
        } else {
            source.volume = volume_of(tenant, name);
            attempt(source, [&] { exists = find_volume(source); });
        }
        if (exists) sources_.push_back(std::move(source));
    }
}

// False where there is none, and never was.
bool Capture::Attempt::find_volume(Source& source) const {
    auto state = parts_.backend.inspect_volume(short_call(), source.volume);
    if (!state && was_made(source.part.name)) {
        throw Failure(ErrorCode::backend_failed,
                      "the volume " + source.volume +
                          " is missing; restore it from an earlier snapshot, or submit a provision "
                          "job to begin with an empty one");
    }
    if (!state) return false;
    source.path = std::move(state->mountpoint);
    source.part.labels = std::move(state->labels);
    return true;
}

// The record of a tenant that was adopted may not say it of what was there before, but earlier runs
// have it. Not of the session: a pairing that has not come to its end has removed that.
bool Capture::Attempt::was_made(PartName name) const {
    try {
        const auto record = parts_.store.load(context_.tenant());
        if (record && record->volumes_made) return true;
        if (record && name == PartName::session) return false;
    } catch (const json::Error&) {
        // The record is saved as it is, with the folder.
    }
    return noted(name) != nullptr;
}

// What is there of the part already, if it may be taken over.
const Part* Capture::Attempt::known(const Source& source) const {
    const Part* part = noted(source.part.name);
    const bool usable = part != nullptr && !options_.full && part->status == PartStatus::ok &&
                        !part->fingerprint.empty() && is_within(part->read_at, full_read_every) &&
                        is_whole(parts_.blobs, *part);
    return usable ? part : nullptr;
}

std::string Capture::Attempt::fingerprint_of(const Source& source) const {
    if (source.path.empty()) return {};
    try {
        return fingerprint(long_call(), source.path);
    } catch (const BackendError& error) {
        if (error.code() == Code::cancelled) throw;
        return {};  // the engine's folders cannot be seen from here, or its content says more
    }
}

bool Capture::Attempt::is_unchanged(const Source& source) const {
    const Part* part = known(source);
    return part != nullptr && fingerprint_of(source) == part->fingerprint;
}

// A blob that lies on a disk may be damaged without anybody having touched it, and the disk may
// refuse to give it back.
bool Capture::Attempt::is_trusted(Source& source) const {
    const Part& part = *noted(source.part.name);
    source.part.verified_at = part.verified_at;
    if (is_within(part.verified_at, verified_every)) return true;
    std::string problem;
    try {
        parts_.blobs.verify(part.sha256, part.tar_bytes, part.entries, [this] { permit(); });
        source.part.verified_at = wall_now();
        return true;
    } catch (const BlobDamaged& error) {
        problem = error.what();
    } catch (const std::system_error& error) {
        problem = error.what();
    }
    log_.warning("a part did not change, and is read again for what was kept of it",
                 {{"tenant", context_.tenant().text()}, {"message", problem}});
    return false;
}

void Capture::Attempt::find_unchanged() {
    for (auto& source : sources_) {
        attempt(source, [&] { source.unchanged = is_unchanged(source) && is_trusted(source); });
    }
}

void Capture::Attempt::take_over(Source& source) const {
    Part part = *noted(source.part.name);
    part.labels = std::move(source.part.labels);
    part.verified_at = source.part.verified_at;
    part.unchanged = true;
    source.part = std::move(part);
}

void Capture::Attempt::read() {
    const auto is_done = [](const Source& source) {
        return source.unchanged || source.has_failed();
    };
    if (std::all_of(sources_.begin(), sources_.end(), is_done)) return;
    Hold hold(parts_.backend, parts_.journal, settings_, log_, context_);
    std::optional<Failure> refused;
    Consistency consistency = Consistency::none;
    try {
        consistency = hold.take();
    } catch (const std::exception&) {
        refused = current_failure();
        if (refused->code() == ErrorCode::cancelled) throw *refused;
    }
    for (auto& source : sources_) {
        attempt(source, [&] {
            source.unchanged = source.unchanged && is_unchanged(source);
            if (source.unchanged) return;
            // Only the engine can say what happens to a volume.
            if (refused && !source.volume.empty()) throw Failure(*refused);
            copy(source, consistency);
        });
    }
    try {
        hold.let_go();
    } catch (const std::exception&) {
        const Failure failure = current_failure();
        for (auto& source : sources_) {
            if (source.tar) fail(source, failure);
        }
    }
    result_.backup.pause_ms = hold.time().count();
}

void Capture::Attempt::copy(Source& source, Consistency consistency) {
    Part& part = source.part;
    part.consistency = consistency;
    for (int reads = 1; reads == 1 || (reads <= most_reads && !part.changed.empty()); ++reads) {
        source.tar.reset();  // before another takes as much room
        source.tar = parts_.dir.scratch_file();
        part.read_at = wall_now();
        part.fingerprint = fingerprint_of(source);  // what changes from here on is in the next one
        VolumeCopy copy = export_to(source, source.tar.get());
        NEXUS_KILL_POINT("after_part_read");
        part.method = std::move(copy.method);
        part.losses = std::move(copy.losses);
        part.changed = std::move(copy.changed);
    }
    part.status = part.changed.empty() ? PartStatus::ok : PartStatus::torn;
    // It is of what was read only where that is what the walk has seen.
    const bool seen = part.method == "mount_point";
    if (!seen || part.status == PartStatus::torn) part.fingerprint.clear();
}

VolumeCopy Capture::Attempt::export_to(const Source& source, int fd) const {
    try {
        if (source.volume.empty()) return archive::export_folder(long_call(), source.path, fd);
        return parts_.backend.export_volume(long_call(), source.volume, fd);
    } catch (const BackendError& error) {
        const Failure failure = tenants::failure_of(error);
        const std::string what = source.volume.empty() ? source.path : "volume " + source.volume;
        throw Failure(failure.code(),
                      what + " cannot be copied to " + parts_.dir.path() + ": " + failure.what(),
                      failure.retryable());
    }
}

Capture::Captured Capture::Attempt::keep() {
    for (auto& source : sources_) {
        attempt(source, [&] { source.unchanged ? take_over(source) : add(source); });
        result_.backup.parts.push_back(std::move(source.part));
    }
    return std::move(result_);
}

void Capture::Attempt::add(Source& source) {
    Part& part = source.part;
    if (::lseek(source.tar.get(), 0, SEEK_SET) != 0) {
        throw std::system_error(errno, std::generic_category(), "a scratch file");
    }
    const Permit may_go_on = [this] { permit(); };
    const BlobFacts facts = parts_.blobs.add(source.tar.get(), may_go_on);
    source.tar.reset();
    if (facts.added) {
        result_.bytes_written += facts.blob_bytes;
        parts_.blobs.verify(facts.sha256, facts.tar_bytes, facts.entries, may_go_on);
    }
    part.sha256 = facts.sha256;
    part.tar_bytes = facts.tar_bytes;
    part.blob_bytes = facts.blob_bytes;
    part.file_bytes = facts.file_bytes;
    part.entries = facts.entries;
    part.verified_at = wall_now();
}

CallContext Capture::Attempt::short_call() const {
    return context_.slow_call(settings_.job_timeout);
}

CallContext Capture::Attempt::long_call() const {
    return context_.slow_call(bulk_patience);
}

void Capture::Attempt::permit() const {
    context_.permit()();
    pollfd cancel{context_.cancel_fd(), POLLIN, 0};
    if (::poll(&cancel, 1, 0) <= 0) return;
    throw Failure(ErrorCode::cancelled, "the backup was cancelled");
}

}  // namespace nexus::backup
