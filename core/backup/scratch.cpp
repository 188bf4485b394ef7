#include "backup/scratch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "archive/folder_archive.hpp"
#include "archive/wait.hpp"
#include "backup/pipe.hpp"
#include "base/failure.hpp"
#include "base/kill_point.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::backup {
namespace {

constexpr mode_t private_folder = 0700;

void sync_file_system(int fd, const std::string& path) {
    if (::syncfs(fd) != 0) throw std::system_error(errno, std::generic_category(), path);
}

[[noreturn]] void corrupt(const Part& part, const std::string& problem) {
    throw Failure(ErrorCode::snapshot_corrupt,
                  "the part " + std::string(to_string(part.name)) +
                      " of the snapshot cannot be restored: " + problem);
}

void require_as_noted(const Part& part, const char* what, std::int64_t found, std::int64_t noted) {
    if (found == noted) return;
    corrupt(part, "it has " + std::to_string(found) + " " + what + ", and " +
                      std::to_string(noted) + " are noted");
}

}  // namespace

std::string volume_of(const TenantId& tenant, PartName part) {
    return part == PartName::session ? tenants::session_volume(tenant)
                                     : tenants::state_volume(tenant);
}

std::string scratch_volume(const TenantId& tenant, PartName part) {
    return "nexus_restore_" + tenant.text() + "_" + std::string(to_string(part));
}

std::string scratch_runtime(const TenantId& tenant) {
    return "nexus_restore_" + tenant.text() + "_runtime";
}

std::string scratch_folder(const TenantId& tenant) {
    return ".restore-" + tenant.text();
}

std::optional<ContainerState> find_container(Backend& backend, const std::string& name,
                                             const tenants::JobContext& context) {
    auto state = backend.inspect(context.call(), name);
    if (state) tenants::require_ours(*state, context.tenant());
    return state;
}

Scratch::Scratch(Parts parts, std::string node, const tenants::JobContext& context)
    : parts_(parts), node_(std::move(node)), context_(context), tenant_(context.tenant()) {}

void Scratch::make() const {
    remove();
    const Labels labels = tenants::identity(tenant_, node_);
    for (const auto part : volume_parts) {
        parts_.backend.ensure_volume(context_.call(), {scratch_volume(tenant_, part), labels});
        NEXUS_KILL_POINT("after_scratch_volume");
    }
    folder();
}

Directory Scratch::folder() const {
    return parts_.store.root().ensure(scratch_folder(tenant_), private_folder);
}

bool Scratch::can_exchange() const {
    try {
        parts_.backend.swap_volumes(context_.call(), scratch_volume(tenant_, PartName::session),
                                    scratch_volume(tenant_, PartName::state));
        return true;
    } catch (const BackendError& error) {
        if (error.code() != Code::unsupported) throw;
        return false;
    }
}

VolumeCopy Scratch::fill(const BlobStore& blobs, const Part& part,
                         const std::string& volume) const {
    auto copy = unpack(blobs, part, [&](const CallContext& call, int fd) {
        return parts_.backend.import_volume(call, volume, fd);
    });
    NEXUS_KILL_POINT("after_volume_filled");
    return copy;
}

VolumeCopy Scratch::fill_folder(const BlobStore& blobs, const Part& part) const {
    auto copy = unpack(blobs, part, [path = folder().path()](const CallContext& call, int fd) {
        return archive::import_folder(call, path, fd);
    });
    NEXUS_KILL_POINT("after_folder_filled");
    return copy;
}

VolumeCopy Scratch::unpack(const BlobStore& blobs, const Part& part, const Import& import) const {
    const CallContext call = context_.slow_call(bulk_patience);
    VolumeCopy copy;
    try {
        through_pipe(
            [&](int fd) {
                blobs.read(part.sha256, part.tar_bytes, fd,
                           [&call] { archive::require_time(call, "the backup's blob"); });
            },
            [&](int fd) { copy = import(call, fd); });
    } catch (const BlobDamaged& error) {
        corrupt(part, error.what());
    } catch (const BackendError& error) {
        if (error.code() == Code::invalid) corrupt(part, error.what());
        throw;
    }
    require_as_noted(part, "entries", copy.entries, part.entries);
    require_as_noted(part, "bytes of files", copy.bytes, part.file_bytes);
    return copy;
}

void Scratch::sync() const {
    const auto& root = parts_.store.root();
    sync_file_system(root.fd(), root.path());
    for (const auto part : volume_parts) {
        const auto volume =
            parts_.backend.inspect_volume(context_.call(), scratch_volume(tenant_, part));
        if (!volume || volume->mountpoint.empty()) continue;
        const UniqueFd folder(
            ::open(volume->mountpoint.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        // One that cannot be seen from here was filled by the engine, which keeps it by itself.
        if (folder) sync_file_system(folder.get(), volume->mountpoint);
    }
}

void Scratch::remove() const {
    const std::string runtime = scratch_runtime(tenant_);
    if (find_container(parts_.backend, runtime, context_)) {
        parts_.backend.remove(context_.call(), runtime);
    }
    for (const auto part : volume_parts)
        parts_.backend.remove_volume(context_.call(), scratch_volume(tenant_, part));
    const auto& root = parts_.store.root();
    root.remove(scratch_folder(tenant_));
    root.sync();
    NEXUS_KILL_POINT("after_scratch_removed");
}

}  // namespace nexus::backup
