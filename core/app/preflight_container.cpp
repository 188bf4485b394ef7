#include <algorithm>
#include <filesystem>

#include "app/own_container.hpp"
#include "app/preflight.hpp"
#include "config/characters.hpp"
#include "config/image_ref.hpp"

namespace nexus::app {
namespace {

struct Folder {
    const char* setting;
    const char* subject;
    std::string path;
};

std::string volumes_line(const std::string& path) {
    return "under volumes: of the service the line \"- " + path + ":" + path +
           "\" (docker or podman run: -v " + path + ":" + path + ")";
}

// Whether what is written there ends with the container.
bool is_lost(const OwnContainer& own, const std::string& path) {
    const auto* mount = mount_of(own.mounts, path);
    return mount != nullptr &&
           (mount->target == "/" || mount->type == "tmpfs" || mount->type == "ramfs");
}

// An engine calls a volume that was given no name by an id.
bool is_nameless_volume(const std::string& on_host) {
    constexpr std::size_t id = 64;
    for (const auto& step : std::filesystem::path(on_host)) {
        const std::string& name = step.native();
        if (name.size() == id && config::all_are(name, config::is_lower_hex)) return true;
    }
    return false;
}

Finding check_tenant_root(const Folder& folder, const OwnContainer& own,
                          const ContainerState& state) {
    const std::string begin = std::string(folder.setting) + " " + folder.path;
    const auto on_host = host_path(state.mounts, folder.path);
    if (on_host == folder.path) {
        return Finding::good(folder.subject, begin + " is the same path on the engine's host");
    }
    if (on_host) {
        return Finding::problem(
            folder.subject,
            begin + " is " + *on_host +
                " on the engine's host, but the engine looks for tenants' folders there by the "
                "path that they have here; mount it at the same path: " +
                volumes_line(folder.path),
            exit_config);
    }
    if (is_lost(own, folder.path)) {
        return Finding::problem(
            folder.subject,
            begin +
                " is a folder of this container alone: the engine looks for it on its host, and "
                "it is lost with the container; add " +
                volumes_line(folder.path),
            exit_config);
    }
    return Finding::warning(folder.subject,
                            begin +
                                " is mounted, but the engine does not say from where, so it was "
                                "not checked to be the same path on the engine's host");
}

// A folder that only the runner uses may lie anywhere on the host.
std::vector<Finding> check_kept(const Folder& folder, Finding::Severity severity,
                                const std::string& loss, const OwnContainer& own,
                                const ContainerState& state) {
    const std::string begin = std::string(folder.setting) + " " + folder.path;
    if (is_lost(own, folder.path)) {
        const auto code = severity == Finding::Severity::error ? exit_config : exit_done;
        return {{severity, folder.subject,
                 begin + " is lost with this container, and with it " + loss + "; add " +
                     volumes_line(folder.path),
                 code}};
    }
    const auto on_host = host_path(state.mounts, folder.path);
    if (!on_host || !is_nameless_volume(*on_host)) return {};
    return {Finding::warning(folder.subject,
                             begin +
                                 " is on a volume without a name, which the next container may "
                                 "not get; instead add " +
                                 volumes_line(folder.path))};
}

// Whatever RUNNER_BIND_IP says, this is where the engine lets others in.
std::vector<Finding> check_published(const config::Settings& settings,
                                     const std::vector<std::string>& addresses) {
    if (settings.allow_public_bind) return {};
    for (const auto& address : addresses) {
        const bool on_the_host = address == "*";
        const auto& listen = settings.listen_address;
        if (!config::is_public_host(on_the_host ? listen.host : address)) continue;
        const std::string mend = ", or set ALLOW_PUBLIC_BIND=true";
        if (on_the_host) {
            return {Finding::problem(
                "listen_address",
                "this container is on the host's own network, where strangers can reach "
                "LISTEN_ADDRESS " +
                    listen.text() + "; bind a private address, like 10.0.0.3:8000" + mend,
                exit_config)};
        }
        return {Finding::problem(
            "runner_bind_ip",
            "a port of this container is published on " + address +
                ", where strangers can reach it; under ports: of the service write a private "
                "address in front, like \"10.0.0.3:8000:8000\"" +
                mend,
            exit_config)};
    }
    return {};
}

// An engine does not tell which networks this container is on; docker-compose.yml puts it there.
std::vector<Finding> check_network(const config::Settings& settings) {
    if (settings.tenant_isolation != config::Isolation::shared ||
        settings.tenant_network != "runner_internal")
        return {};
    return {Finding::warning(
        "tenant_network",
        "TENANT_NETWORK runner_internal is the runner's own network by docker-compose.yml, where "
        "tenants would reach its port; name another one, and make that")};
}

std::vector<Finding> check_image(const std::string& image) {
    const auto parsed = config::ImageRef::parse(image);
    const auto* problem = std::get_if<std::string>(&parsed);
    if (problem == nullptr || image.starts_with("sha256:")) return {};
    return {Finding::warning("image", "this container's image " + image + " " + *problem)};
}

}  // namespace

std::vector<Finding> check_container(const config::Settings& settings, Backend& backend,
                                     const CallContext& ctx, const OwnContainer& own) {
    const auto state = find_own(backend, ctx, own);
    if (!state) {
        return {Finding::warning(
            "container",
            "this process seems to be in a container that the engine does not know, so it was not "
            "checked that TENANT_ROOT is the same path on the engine's host, nor that STATE_DIR "
            "and BACKUP_DIR outlive the container; see to both")};
    }
    const Folder state_dir{"STATE_DIR", "state_dir", without_end(settings.state_dir)};
    const Folder backup_dir{"BACKUP_DIR", "backup_dir", without_end(settings.backup_dir)};
    std::vector<Finding> findings{check_tenant_root(
        {"TENANT_ROOT", "tenant_root", without_end(settings.tenant_root)}, own, *state)};
    append(findings, check_kept(state_dir, Finding::Severity::error,
                                "results that Redis has not got yet", own, *state));
    append(findings,
           check_kept(backup_dir, Finding::Severity::warning, "all backups", own, *state));
    append(findings, check_published(settings, state->published));
    append(findings, check_network(settings));
    append(findings, check_image(state->image));
    return findings;
}

}  // namespace nexus::app
