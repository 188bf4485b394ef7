#include "backup/exchange.hpp"

#include <vector>

#include "backup/pipe.hpp"
#include "backup/sha256.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "base/whole_io.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::backup {
namespace {

std::string hash_of_stream(int fd) {
    Sha256 hash;
    std::vector<char> room(64U << 10U);
    for (std::size_t got = 1; got > 0;) {
        got = read_full(fd, room, "the volume's content");
        hash.update({room.data(), got});
    }
    return hash.finish();
}

}  // namespace

std::string hash_of(Backend& backend, const std::string& volume,
                    const tenants::JobContext& context) {
    std::string hash;
    through_pipe(
        [&](int fd) { backend.export_volume(context.slow_call(bulk_patience), volume, fd); },
        [&](int fd) { hash = hash_of_stream(fd); });
    return hash;
}

Exchange::Exchange(Scratch::Parts parts, const config::Settings& settings,
                   const tenants::JobContext& context)
    : parts_(parts), settings_(settings), context_(context), tenant_(context.tenant()) {}

void Exchange::set_aside() {
    const std::string name = tenants::runtime_name(tenant_);
    const auto runtime = find_container(parts_.backend, name, context_);
    if (!runtime) return;
    if (runtime->phase == Phase::paused) parts_.backend.unpause(context_.call(), name);
    parts_.backend.stop(context_.call(), name,
                        std::chrono::duration_cast<std::chrono::seconds>(settings_.stop_timeout));
    NEXUS_KILL_POINT("after_runtime_stopped");
    parts_.backend.rename(context_.call(), name, scratch_runtime(tenant_));
    NEXUS_KILL_POINT("after_runtime_set_aside");
}

void Exchange::make_volumes(const Entry& entry, const TenantBackup& backup) {
    for (const auto part : volume_parts) {
        const bool made = part == PartName::session ? entry.session_made : entry.state_made;
        if (!made) continue;
        Labels labels = tenants::identity(tenant_, settings_.node_name);
        if (const Part* was = backup.find(part))
            labels.insert(was->labels.begin(), was->labels.end());
        parts_.backend.ensure_volume(context_.call(), {volume_of(tenant_, part), labels});
        NEXUS_KILL_POINT("after_volume_made");
    }
}

void Exchange::exchange_volumes() {
    for (const auto part : volume_parts) {
        parts_.backend.swap_volumes(context_.call(), volume_of(tenant_, part),
                                    scratch_volume(tenant_, part));
        NEXUS_KILL_POINT("after_volume_exchanged");
    }
}

void Exchange::exchange_folder() {
    context_.permit()();
    parts_.store.root().replace(scratch_folder(tenant_), tenant_.text());
    NEXUS_KILL_POINT("after_folder_exchanged");
}

void Exchange::undo(const Entry& entry) {
    undo_volume(PartName::session, entry.session_sha256, entry.session_made);
    undo_volume(PartName::state, entry.state_sha256, entry.state_made);
    undo_folder(entry.generation);
    put_back();
}

void Exchange::undo_volume(PartName part, const std::string& restored, bool made) {
    const std::string own = volume_of(tenant_, part);
    const std::string scratch = scratch_volume(tenant_, part);
    if (made) {
        parts_.backend.remove_volume(context_.call(), own);
        NEXUS_KILL_POINT("after_volume_unmade");
        return;
    }
    if (holds(scratch, restored)) return;
    if (!holds(own, restored)) {
        throw Failure(ErrorCode::internal,
                      "it cannot be told which of the volumes " + own + " and " + scratch +
                          " has what was there before the restore: neither has what was restored. "
                          "See that the first one is right, then remove the file held/" +
                          tenant_.text() + ".json in STATE_DIR");
    }
    parts_.backend.swap_volumes(context_.call(), own, scratch);
    NEXUS_KILL_POINT("after_volume_put_back");
}

// One that cannot be read is not what was restored: that was.
bool Exchange::holds(const std::string& volume, const std::string& restored) const {
    try {
        return hash_of(parts_.backend, volume, context_) == restored;
    } catch (const BackendError& error) {
        if (error.code() != Code::internal) throw;
        return false;
    }
}

void Exchange::undo_folder(std::int64_t generation) {
    if (!is_restored(generation)) return;
    context_.permit()();
    parts_.store.root().replace(tenant_.text(), scratch_folder(tenant_));
    NEXUS_KILL_POINT("after_folder_put_back");
}

// The restored record can be read, and it is the newest of the tenant's.
bool Exchange::is_restored(std::int64_t generation) const {
    try {
        const auto record = parts_.store.load(tenant_);
        return record && record->generation >= generation;
    } catch (const json::Error&) {
        return false;
    }
}

void Exchange::put_back() {
    if (!find_container(parts_.backend, scratch_runtime(tenant_), context_)) return;
    parts_.backend.rename(context_.call(), scratch_runtime(tenant_),
                          tenants::runtime_name(tenant_));
    NEXUS_KILL_POINT("after_runtime_put_back");
}

void Exchange::start_again(const Entry& entry) {
    const std::string name = tenants::runtime_name(tenant_);
    if (entry.ran && find_container(parts_.backend, name, context_)) {
        parts_.backend.start(context_.call(), name);
    }
    NEXUS_KILL_POINT("after_runtime_started_again");
}

void Exchange::remove_runtime() {
    const std::string name = tenants::runtime_name(tenant_);
    if (!find_container(parts_.backend, name, context_)) return;
    parts_.backend.remove(context_.call(), name);
    NEXUS_KILL_POINT("after_runtime_removed");
}

}  // namespace nexus::backup
