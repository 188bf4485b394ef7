// Volumes of the EngineBackend.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "archive/folder_archive.hpp"
#include "engine/engine_backend.hpp"
#include "engine/folder_exchange.hpp"
#include "engine/names.hpp"
#include "engine/object_answers.hpp"
#include "engine/requests.hpp"
#include "engine/volume_users.hpp"

namespace nexus::engine {
namespace {

bool can_be_seen(const std::string& folder) {
    std::error_code unreadable;
    // access() would ask for the real user, who has none of the capabilities that a program's file
    // gives, and eaccess() looks at modes alone.
    return !folder.empty() && std::filesystem::is_directory(folder, unreadable) &&
           ::faccessat(AT_FDCWD, folder.c_str(), R_OK | X_OK, AT_EACCESS) == 0;
}

}  // namespace

std::optional<VolumeState> EngineBackend::inspect_volume(const CallContext& ctx,
                                                         const std::string& name) {
    require_name("volume", name);
    auto found =
        client_.find(ctx, dialect_.inspect_volume(name), "inspecting volume " + name, parse_volume);
    if (found && found->name != name) return std::nullopt;
    if (found && archive_only_) found->mountpoint.clear();
    return found;
}

VolumeState EngineBackend::ensure_volume(const CallContext& ctx, const VolumeSpec& spec) {
    require_name("volume", spec.name);
    auto made =
        client_.call(ctx, create_volume(spec), "creating volume " + spec.name, parse_volume);
    if (archive_only_) made.mountpoint.clear();
    return made;
}

void EngineBackend::remove_volume(const CallContext& ctx, const std::string& name) {
    // Podman removes a volume by the beginning of its name too, but shows it by the whole one only.
    if (!inspect_volume(ctx, name)) return;
    const auto remove = [&] {
        client_.find(ctx, engine::remove_volume(name), "removing volume " + name);
    };
    try {
        remove();
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict || !archive_.remove_leftover(ctx, name)) throw;
        remove();
    }
}

VolumeCopy EngineBackend::export_volume(const CallContext& ctx, const std::string& name, int fd) {
    const auto folder = seen_folder(ctx, name);
    return folder ? archive::export_folder(ctx, *folder, fd)
                  : archive_.export_volume(ctx, name, fd, mend());
}

VolumeCopy EngineBackend::import_volume(const CallContext& ctx, const std::string& name, int fd) {
    const auto folder = seen_folder(ctx, name);
    return folder ? archive::import_folder(ctx, *folder, fd)
                  : archive_.import_volume(ctx, name, fd);
}

void EngineBackend::swap_volumes(const CallContext& ctx, const std::string& first,
                                 const std::string& second) {
    if (first == second) throw BackendError(Code::invalid, "both volumes are " + first, false);
    const auto left = seen_folder(ctx, first);
    const auto right = seen_folder(ctx, second);
    if (!left || !right) {
        throw BackendError(Code::unsupported,
                           "volume " + (left ? second : first) + " of " + client_.engine().name() +
                               " cannot be seen from here, so it cannot be exchanged: " + mend(),
                           false);
    }
    require_at_rest(ctx, {first, second});
    exchange_folders(*left, *right);
}

// A container that is not stopped holds the folder itself, wherever that is moved.
void EngineBackend::require_at_rest(const CallContext& ctx,
                                    const std::vector<std::string>& volumes) {
    const std::string what = "looking for containers that use volume " + volumes.front();
    for (const auto& id : client_.call(ctx, list_volume_users(volumes), what, parse_ids)) {
        const auto user = client_.find(ctx, inspect_container(id), what, parse_volume_user);
        if (!user || user->stopped) continue;
        for (const auto& volume : volumes) {
            if (std::count(user->volumes.begin(), user->volumes.end(), volume) == 0) continue;
            throw BackendError(
                Code::conflict,
                "container " + user->container + " uses volume " + volume + ": stop it first",
                false);
        }
    }
}

std::optional<std::string> EngineBackend::seen_folder(const CallContext& ctx,
                                                      const std::string& volume) {
    auto found = inspect_volume(ctx, volume);
    if (!found) throw BackendError(Code::not_found, "there is no volume " + volume, false);
    if (!can_be_seen(found->mountpoint)) return std::nullopt;
    return std::move(found->mountpoint);
}

VolumeAccess EngineBackend::volume_access(std::string folder) const {
    if (!archive_only_ && can_be_seen(folder)) return {mount_point_method, std::move(folder), {}};
    return {archive_method, std::move(folder), dialect_.archive.export_losses};
}

std::string EngineBackend::mend() const {
    if (archive_only_) return "take volume_access out of BACKEND_CONFIG";
    return "mount the engine's volume folder, which check-config names, into the runner at the "
           "same path";
}

}  // namespace nexus::engine
