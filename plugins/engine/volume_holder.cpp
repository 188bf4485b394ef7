#include "engine/volume_holder.hpp"

#include "archive/wait.hpp"
#include "engine/container_answers.hpp"
#include "engine/maker.hpp"
#include "engine/object_answers.hpp"
#include "engine/requests.hpp"

namespace nexus::engine {
namespace {

// A holder has no other label: it is no tenant's runtime, although the volume may be a tenant's.
constexpr const char* maker_label = "io.nexus.archive";

std::string name_for(const std::string& volume) {
    return "nexus_archive_" + volume;
}

// Who made the holder that is there; nothing where none is.
std::optional<std::string> maker_of(const CallContext& ctx, ApiClient& client,
                                    const std::string& name, const std::string& what) {
    const auto found = client.find(ctx, inspect_container(name), what, parse_container);
    if (!found || found->state.name != name) return std::nullopt;
    const auto label = found->state.labels.find(maker_label);
    if (label != found->state.labels.end()) return label->second;
    throw BackendError(Code::conflict,
                       what + ": container " + name + " was not made by the runner; remove it",
                       false);
}

bool is_over(const CallContext& ctx) {
    try {
        archive::require_time(ctx, "");
        return false;
    } catch (const BackendError&) {
        return true;
    }
}

}  // namespace

VolumeHolder::VolumeHolder(const CallContext& ctx, const Parts& parts, const std::string& volume)
    : ctx_(ctx), parts_(parts), name_(name_for(volume)) {
    constexpr std::chrono::milliseconds between_looks(100);
    const std::string what = "preparing a copy of volume " + volume;
    while (!create(volume, what)) {
        if (!remove_leftover(ctx, parts, volume)) {
            archive::pause(ctx, between_looks, "another copy of volume " + volume);
        }
    }
}

// False where another one is in the way.
bool VolumeHolder::create(const std::string& volume, const std::string& what) {
    const Request request =
        parts_.way.create_holder(name_, parts_.way.image, volume, {{maker_label, this_process()}});
    const auto attempt = [&] { parts_.client.call(ctx_, request, what, parse_id); };
    try {
        try {
            attempt();
        } catch (const BackendError& error) {
            if (error.code() != Code::not_found) throw;
            parts_.client.call(ctx_, parts_.way.import_image(), what);
            attempt();
        }
        return true;
    } catch (const BackendError& error) {
        if (error.code() != Code::conflict && error.code() != Code::exists) throw;
        return false;
    }
}

VolumeHolder::~VolumeHolder() {
    constexpr std::chrono::milliseconds usual(10'000);
    constexpr std::chrono::milliseconds hurried(800);
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + (is_over(ctx_) ? hurried : usual);
    try {
        parts_.remove(ctx, name_);
    } catch (const std::exception& error) {
        parts_.host.log(
            NEXUS_LOG_WARNING,
            "container " + name_ + " is left until its volume is copied again: " + error.what());
    }
}

bool VolumeHolder::remove_leftover(const CallContext& ctx, const Parts& parts,
                                   const std::string& volume) {
    const std::string name = name_for(volume);
    const auto maker =
        maker_of(ctx, parts.client, name, "looking for an earlier copy of volume " + volume);
    if (!maker || is_another_that_lives(*maker)) return false;
    parts.remove(ctx, name);
    return true;
}

}  // namespace nexus::engine
