#include <nexus/backend.hpp>

namespace nexus {
namespace {

[[noreturn]] void refuse(const char* operation) {
    throw BackendError(Code::unsupported,
                       "this backend does not have the operation " + std::string(operation), false);
}

}  // namespace

std::string_view to_string(Code code) noexcept {
    switch (code) {
        case Code::ok:
            return "ok";
        case Code::not_found:
            return "not_found";
        case Code::exists:
            return "exists";
        case Code::conflict:
            return "conflict";
        case Code::invalid:
            return "invalid";
        case Code::denied:
            return "denied";
        case Code::unsupported:
            return "unsupported";
        case Code::unavailable:
            return "unavailable";
        case Code::timeout:
            return "timeout";
        case Code::cancelled:
            return "cancelled";
        case Code::exhausted:
            return "exhausted";
        case Code::internal:
            break;
    }
    return "internal";
}

std::string_view to_string(Phase phase) noexcept {
    switch (phase) {
        case Phase::created:
            return "created";
        case Phase::running:
            return "running";
        case Phase::paused:
            return "paused";
        case Phase::restarting:
            return "restarting";
        case Phase::exited:
            return "exited";
        case Phase::removing:
            return "removing";
        case Phase::dead:
            break;
    }
    return "dead";
}

std::string_view to_string(Health health) noexcept {
    switch (health) {
        case Health::starting:
            return "starting";
        case Health::healthy:
            return "healthy";
        case Health::unhealthy:
            return "unhealthy";
        case Health::none:
            break;
    }
    return "none";
}

void Backend::pause(const CallContext& /*ctx*/, const std::string& /*name*/) {
    refuse("pause");
}

void Backend::unpause(const CallContext& /*ctx*/, const std::string& /*name*/) {
    refuse("unpause");
}

void Backend::rename(const CallContext& /*ctx*/, const std::string& /*name*/,
                     const std::string& /*new_name*/) {
    refuse("rename");
}

Stats Backend::stats(const CallContext& /*ctx*/, const std::string& /*name*/) {
    refuse("stats");
}

VolumeCopy Backend::export_volume(const CallContext& /*ctx*/, const std::string& /*name*/,
                                  int /*fd*/) {
    refuse("export_volume");
}

VolumeCopy Backend::import_volume(const CallContext& /*ctx*/, const std::string& /*name*/,
                                  int /*fd*/) {
    refuse("import_volume");
}

void Backend::remove_image(const CallContext& /*ctx*/, const std::string& /*reference*/) {
    refuse("remove_image");
}

void Backend::swap_volumes(const CallContext& /*ctx*/, const std::string& /*first*/,
                           const std::string& /*second*/) {
    refuse("swap_volumes");
}

std::optional<NetworkState> Backend::inspect_network(const CallContext& /*ctx*/,
                                                     const std::string& /*name*/) {
    refuse("inspect_network");
}

}  // namespace nexus
