// What the engine says about itself; see answers.hpp.
#include <algorithm>
#include <nexus/codec.hpp>

#include "archive/text.hpp"
#include "docker/answers.hpp"

namespace nexus::docker {
namespace {

struct InfoBody {
    std::string version;
    std::int64_t cpus = 0;
    std::int64_t memory = 0;
    bool memory_limit = false;
    bool swap_limit = false;
    bool cpu_quota = false;
    bool pids_limit = false;
    bool live_restore = false;
    std::string root;
    std::vector<std::string> security_options;
    std::vector<std::string> warnings;
};

template <typename Visit, codec::Is<InfoBody> T>
void members(Visit& visit, T& value) {
    visit("ServerVersion", value.version);
    visit("NCPU", value.cpus);
    visit("MemTotal", value.memory);
    visit("MemoryLimit", value.memory_limit);
    visit("SwapLimit", value.swap_limit);
    visit("CpuCfsQuota", value.cpu_quota);
    visit("PidsLimit", value.pids_limit);
    visit("LiveRestoreEnabled", value.live_restore);
    visit("DockerRootDir", value.root);
    visit("SecurityOptions", value.security_options);
    visit("Warnings", value.warnings);
}

std::vector<std::string> warnings_of(const InfoBody& body) {
    std::vector<std::string> warnings;
    const auto warn_unless = [&warnings](bool fine, const char* sentence) {
        if (!fine) warnings.emplace_back(sentence);
    };
    warn_unless(body.memory_limit, "The kernel does not enforce memory limits.");
    warn_unless(body.swap_limit, "The kernel does not limit swap: a container may use it.");
    warn_unless(body.cpu_quota, "The kernel does not enforce CPU limits.");
    warn_unless(body.pids_limit, "The kernel does not enforce limits of processes.");
    const auto& options = body.security_options;
    warn_unless(std::any_of(options.begin(), options.end(),
                            [](const std::string& option) {
                                return option.starts_with("name=seccomp") &&
                                       option.find("unconfined") == std::string::npos;
                            }),
                "The engine runs containers without its seccomp profile.");
    warn_unless(body.live_restore,
                "The engine stops all containers when it is restarted; \"live-restore\": true in "
                "its daemon.json lets them run on.");
    for (const auto& warning : body.warnings)
        warnings.push_back("The engine warns: " + archive::short_text(warning));
    return warnings;
}

}  // namespace

Info parse_info(std::string_view json) {
    const auto body = codec::decode<InfoBody>(json);
    if (body.version.empty()) throw codec::Malformed("/ServerVersion: is missing");
    Info info{"docker", body.version, "", body.cpus, body.memory, warnings_of(body)};
    if (!body.root.empty()) info.volumes.folder = body.root + "/volumes";
    return info;
}

}  // namespace nexus::docker
