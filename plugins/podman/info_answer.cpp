// What the engine says about itself; see answers.hpp.
#include <algorithm>
#include <nexus/codec.hpp>
#include <vector>

#include "engine/object_answers.hpp"
#include "engine/only.hpp"
#include "podman/answers.hpp"

namespace nexus::podman {
namespace {

struct Security {
    bool rootless = false;
    bool seccomp = false;
};

template <typename Visit, codec::Is<Security> T>
void members(Visit& visit, T& value) {
    visit("rootless", value.rootless);
    visit("seccompEnabled", value.seccomp);
}

struct Host {
    std::int64_t cpus = 0;
    std::int64_t memory = 0;
    std::string cgroup_version;
    std::vector<std::string> controllers;
    std::string network_backend;
    Security security;
};

template <typename Visit, codec::Is<Host> T>
void members(Visit& visit, T& value) {
    visit("cpus", value.cpus);
    visit("memTotal", value.memory);
    visit("cgroupVersion", value.cgroup_version);
    visit("cgroupControllers", value.controllers);
    visit("networkBackend", value.network_backend);
    visit("security", value.security);
}

using Version = engine::Only<"Version", std::string>;

using Store = engine::Only<"volumePath", std::string>;

struct InfoBody {
    Host host;
    Version version;
    Store store;
};

template <typename Visit, codec::Is<InfoBody> T>
void members(Visit& visit, T& value) {
    visit("host", value.host);
    visit("version", value.version);
    visit("store", value.store);
}

std::vector<std::string> warnings_of(const Host& host) {
    std::vector<std::string> warnings;
    const auto warn_unless = [&warnings](bool fine, const char* sentence) {
        if (!fine) warnings.emplace_back(sentence);
    };
    const auto has = [&host](const char* controller) {
        return std::find(host.controllers.begin(), host.controllers.end(), controller) !=
               host.controllers.end();
    };
    warn_unless(has("memory"), "The engine cannot enforce memory limits.");
    warn_unless(has("cpu"), "The engine cannot enforce CPU limits.");
    warn_unless(has("pids"), "The engine cannot enforce limits of processes.");
    warn_unless(host.security.seccomp, "The engine runs containers without a seccomp profile.");
    warn_unless(!host.security.rootless,
                "The engine runs without root: limits need what systemd delegates to its user, and "
                "its containers end with that user's last session unless lingering is enabled.");
    warn_unless(host.cgroup_version == "v2",
                "The host uses cgroup v1: a container that ran out of memory is seen as killed, "
                "not as out of memory.");
    warn_unless(host.network_backend == "netavark",
                "The engine's network backend is not netavark: networks of tenants cannot be "
                "isolated from each other.");
    return warnings;
}

}  // namespace

Info parse_info(std::string_view json) {
    const auto body = codec::decode<InfoBody>(json);
    engine::require(!body.version.value.empty(), "/version/Version: is missing");
    Info info{"podman",       body.version.value, "",
              body.host.cpus, body.host.memory,   warnings_of(body.host)};
    info.volumes.folder = body.store.value;
    return info;
}

}  // namespace nexus::podman
