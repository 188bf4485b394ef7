// Volumes of the EngineBackend.
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

std::optional<VolumeState> EngineBackend::inspect_volume(const CallContext& ctx,
                                                         const std::string& name) {
    require_name("volume", name);
    auto found =
        client_.find(ctx, dialect_.inspect_volume(name), "inspecting volume " + name, parse_volume);
    if (found && found->name != name) return std::nullopt;
    return found;
}

VolumeState EngineBackend::ensure_volume(const CallContext& ctx, const VolumeSpec& spec) {
    require_name("volume", spec.name);
    return client_.call(ctx, create_volume(spec), "creating volume " + spec.name, parse_volume);
}

void EngineBackend::remove_volume(const CallContext& ctx, const std::string& name) {
    // Podman removes a volume by the beginning of its name too, but shows it by the whole one only.
    if (!inspect_volume(ctx, name)) return;
    client_.find(ctx, engine::remove_volume(name), "removing volume " + name);
}

VolumeCopy EngineBackend::export_volume(const CallContext& ctx, const std::string& name, int fd) {
    return archive::export_folder(ctx, mountpoint(ctx, name), fd);
}

VolumeCopy EngineBackend::import_volume(const CallContext& ctx, const std::string& name, int fd) {
    return archive::import_folder(ctx, mountpoint(ctx, name), fd);
}

void EngineBackend::swap_volumes(const CallContext& ctx, const std::string& first,
                                 const std::string& second) {
    if (first == second) throw BackendError(Code::invalid, "both volumes are " + first, false);
    const std::string left = mountpoint(ctx, first);
    const std::string right = mountpoint(ctx, second);
    require_at_rest(ctx, {first, second});
    exchange_folders(left, right);
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

std::string EngineBackend::mountpoint(const CallContext& ctx, const std::string& volume) {
    auto found = inspect_volume(ctx, volume);
    if (!found) throw BackendError(Code::not_found, "there is no volume " + volume, false);
    std::error_code unreadable;
    if (!found->mountpoint.empty() &&
        std::filesystem::is_directory(found->mountpoint, unreadable)) {
        return std::move(found->mountpoint);
    }
    const std::filesystem::path folder =
        std::filesystem::path(found->mountpoint).parent_path().parent_path();
    throw BackendError(
        Code::unsupported,
        "volume " + volume + " lies in \"" + found->mountpoint + "\" on the host of " +
            client_.engine().name() +
            ", where the runner cannot see it: mount the engine's volume folder into the runner "
            "at the same path, as with -v " +
            folder.string() + ":" + folder.string(),
        false);
}

}  // namespace nexus::engine
