// Networks and images of the EngineBackend.
#include <algorithm>

#include "engine/engine_backend.hpp"
#include "engine/names.hpp"
#include "engine/object_answers.hpp"
#include "engine/requests.hpp"

namespace nexus::engine {
namespace {

// Docker's own registry may be left out of a name, and each engine does it in its own way.
std::string_view short_name(std::string_view name) {
    for (const std::string_view beginning : {"index.docker.io/", "docker.io/", "library/"}) {
        if (name.starts_with(beginning)) name.remove_prefix(beginning.size());
    }
    return name;
}

bool is_named(const ImageNames& image, std::string_view name) {
    const auto is_it = [name](const std::string& known) {
        return short_name(known) == short_name(name);
    };
    return std::any_of(image.tags.begin(), image.tags.end(), is_it) ||
           std::any_of(image.digests.begin(), image.digests.end(), is_it);
}

// An image that was pulled by a tag has a digest as well; Podman would remove the one with the
// other.
void require_removable(const ImageNames& image, const std::string& name) {
    if (name.find('@') == std::string::npos || image.tags.empty()) return;
    throw BackendError(
        Code::conflict,
        "image " + name + " is " + image.tags.front() + " as well, and goes when that is removed",
        false);
}

// The engines keep the data that a container uses, but take any name but the last one off it.
void require_unused(const std::vector<UsedImage>& used, const std::string& name,
                    const std::string& id) {
    const bool in_use = std::any_of(used.begin(), used.end(), [&](const UsedImage& use) {
        return use.id == id || use.name == name;
    });
    if (!in_use) return;
    throw BackendError(Code::conflict, "image " + name + " is in use by a container", false);
}

}  // namespace

NetworkState EngineBackend::ensure_network(const CallContext& ctx, const NetworkSpec& spec) {
    require_name("network", spec.name);
    // An engine's own check for duplicates may let two creations through that come at once.
    const Permit permit =
        networks_.enter(ctx, spec.name, "another creation of network " + spec.name);
    if (auto found = find_network(ctx, spec.name)) return std::move(*found);
    try {
        return create_network(ctx, spec);
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict) throw;
        if (auto found = find_network(ctx, spec.name)) return std::move(*found);
        throw;  // not the name, but the subnet
    }
}

std::optional<NetworkState> EngineBackend::inspect_network(const CallContext& ctx,
                                                           const std::string& name) {
    require_name("network", name);
    return find_network(ctx, name);
}

ImageState EngineBackend::ensure_image(const CallContext& ctx, const ImageRequest& request) {
    if (auto found = find_image(ctx, request.reference)) return {std::move(found->id), false};
    const auto progress = dialect_.pull_progress();
    pull(ctx, client_, host_, dialect_.pull_image(parse_image(request.reference), request.auth),
         "pulling image " + request.reference, *progress);
    if (auto found = find_image(ctx, request.reference)) return {std::move(found->id), true};
    throw BackendError(Code::internal,
                       "image " + request.reference + " is not there although it was pulled", true);
}

std::optional<EngineBackend::FoundImage> EngineBackend::find_image(const CallContext& ctx,
                                                                   const std::string& reference) {
    const std::string what = "inspecting image " + reference;
    for (auto& name : dialect_.image_names(parse_image(reference))) {
        if (auto id = client_.find(ctx, inspect_image(name), what, parse_id)) {
            return FoundImage{std::move(name), std::move(*id)};
        }
    }
    return std::nullopt;
}

void EngineBackend::remove_image(const CallContext& ctx, const std::string& reference) {
    const std::string what = "removing image " + reference;
    std::vector<FoundImage> images;
    for (auto& name : dialect_.image_names(parse_image(reference))) {
        const auto found = client_.find(ctx, inspect_image(name), what, parse_image_names);
        // Podman finds a digest under the name of any repository.
        if (!found || !is_named(*found, name)) continue;
        require_removable(*found, name);
        images.push_back({std::move(name), found->id});
    }
    if (images.empty()) return;
    const auto used = client_.call(ctx, list_containers({}), what, parse_used_images);
    for (const auto& image : images)
        require_unused(used, image.name, image.id);
    for (const auto& image : images)
        client_.find(ctx, engine::remove_image(image.name), what);
}

}  // namespace nexus::engine
