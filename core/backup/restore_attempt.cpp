#include "backup/restore_attempt.hpp"

#include "backup/restored_folder.hpp"
#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "tenants/adoption.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::backup {
namespace {

using tenants::Desired;
using tenants::JobContext;

constexpr mode_t private_file = 0600;

bool runs(const ContainerState& runtime) {
    return runtime.phase == Phase::running || runtime.phase == Phase::paused ||
           runtime.phase == Phase::restarting;
}

}  // namespace

Restore::Attempt::Attempt(const Restore& restore, const TenantBackup& backup, JobContext& context)
    : parts_(restore.parts_),
      settings_(restore.settings_),
      blobs_(restore.blobs_),
      backup_(backup),
      context_(context),
      tenant_(context.tenant()),
      scratch_({parts_.backend, parts_.store}, settings_.node_name, context),
      exchange_({parts_.backend, parts_.store}, settings_, context) {}

// What `work` takes is as long as what it moves, and not the job's time.
template <typename Work>
void Restore::Attempt::at_leisure(Work work) {
    const auto before = JobContext::Clock::now();
    work();
    context_.extend(JobContext::Clock::now() - before);
}

void Restore::Attempt::look() {
    try {
        old_ = parts_.store.load(tenant_);
    } catch (const json::Error&) {
        old_.reset();  // what cannot be read is what a restore is for
    }
    const auto runtime = find_container(parts_.backend, tenants::runtime_name(tenant_), context_);
    entry_.ran = runtime && runs(*runtime);
    const auto missing = [&](PartName part) {
        return !parts_.backend.inspect_volume(context_.call(), volume_of(tenant_, part));
    };
    entry_.session_made = missing(PartName::session);
    entry_.state_made = missing(PartName::state);
    const bool is_known = runtime || !entry_.session_made || !entry_.state_made ||
                          parts_.store.root().exists(tenant_.text());
    if (tenant_ != backup_.tenant && is_known) {
        throw Failure(ErrorCode::conflict, "there is something of a tenant " + tenant_.text() +
                                               " on node " + settings_.node_name +
                                               " already; choose another id for the copy, or "
                                               "delete that tenant with its volumes first");
    }
}

void Restore::Attempt::unpack() {
    entry_.kind = Entry::Kind::restore;
    parts_.journal.write(tenant_, entry_);
    scratch_.make();
    exchanges_ = scratch_.can_exchange();
    if (!exchanges_ && (!entry_.session_made || !entry_.state_made)) {
        throw Failure(ErrorCode::conflict,
                      "the backend " + settings_.backend +
                          " cannot exchange volumes here, so only a tenant without volumes can be "
                          "restored, and those of tenant " +
                          tenant_.text() +
                          " are there: run nexus-runner where the engine's volumes can be seen, or "
                          "restore to another id with --as");
    }
    VolumeCopy copy;
    at_leisure([&] { copy = scratch_.fill_folder(blobs_, *backup_.find(PartName::folder)); });
    note(PartName::folder, "not kept", copy.losses);
    record_ = take_over(scratch_.folder(), backup_.tenant);
    require_volumes();
    if (!exchanges_) return;
    for (const auto part : volume_parts)
        at_leisure([&] { fill(part, scratch_volume(tenant_, part)); });
}

// A run has none of a volume that was never made: the runtime begins with an empty one.
void Restore::Attempt::require_volumes() const {
    if (!record_ || !record_->volumes_made) return;
    for (const auto part : volume_parts) {
        if (backup_.find(part) != nullptr) continue;
        throw Failure(ErrorCode::snapshot_corrupt,
                      "the snapshot lacks the part " + std::string(to_string(part)) +
                          ", which tenant " + backup_.tenant.text() + " had; choose another one");
    }
}

void Restore::Attempt::fill(PartName name, const std::string& volume) {
    const Part* part = backup_.find(name);
    std::string& sha256 = hash_of_part(name);
    if (part == nullptr) {
        sha256 = hash_of(parts_.backend, volume, context_);
        return;
    }
    const auto copy = scratch_.fill(blobs_, *part, volume);
    note(name, "not kept", copy.losses);
    note(name, "changed while it was read", part->changed);
    // What does not come back as it was read is known by what it is now.
    const bool same_way = copy.method == part->method && part->losses.empty();
    sha256 =
        same_way && copy.losses.empty() ? part->sha256 : hash_of(parts_.backend, volume, context_);
}

void Restore::Attempt::note(PartName name, const std::string& what,
                            const std::vector<std::string>& words) {
    if (words.empty()) return;
    std::string sentence = std::string(to_string(name)) + ": " + what + ": " + words.front();
    if (words.size() > 1) sentence += " and " + std::to_string(words.size() - 1) + " more";
    notes_.push_back(std::move(sentence));
}

void Restore::Attempt::prepare_record() {
    const auto restored =
        record_ ? *record_
                : tenants::adopted_record(backup_.tenant, std::nullopt, settings_, wall_now());
    record_ = renewed(restored, tenant_, old_, parts_.store, settings_);
    ensure_image();
    parts_.lifecycle.place(*record_);
    entry_.generation = record_->generation;
    scratch_.folder().write(tenants::record_file, to_json(*record_), private_file);
    at_leisure([&] { scratch_.sync(); });
    NEXUS_KILL_POINT("after_restore_prepared");
}

// While the old runtime still runs. What is no pinned image, as of a tenant that was adopted, was
// never pulled by us: the engine has it, or the start fails.
void Restore::Attempt::ensure_image() {
    if (record_->desired != Desired::running) return;
    const auto image = config::ImageRef::parse(record_->image);
    const auto* reference = std::get_if<config::ImageRef>(&image);
    if (reference == nullptr) return;
    if (!config::allowed(*reference, settings_.image_allow)) {
        throw Failure(ErrorCode::image_invalid, "image " + record_->image +
                                                    ", which the tenant ran, is not below any "
                                                    "prefix that IMAGE_ALLOW names");
    }
    at_leisure(
        [&] { parts_.puller.ensure(context_.slow_call(settings_.pull_timeout), *reference); });
}

void Restore::Attempt::exchange() {
    entry_.kind = Entry::Kind::swapping;
    parts_.journal.write(tenant_, entry_);
    exchange_.set_aside();
    exchange_.make_volumes(entry_, backup_);
    if (exchanges_) {
        exchange_.exchange_volumes();
    } else {
        for (const auto part : volume_parts)
            at_leisure([&] { fill(part, volume_of(tenant_, part)); });
    }
    exchange_.exchange_folder();
    entry_.kind = Entry::Kind::swapped;
    parts_.journal.write(tenant_, entry_);
}

}  // namespace nexus::backup
