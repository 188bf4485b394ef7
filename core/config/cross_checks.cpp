#include "config/cross_checks.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "config/characters.hpp"
#include "config/duration.hpp"

namespace nexus::config {
namespace {

bool was_read(const RedisUrl& url) {
    return !url.host.empty() || !url.path.empty();
}

bool redis_is_local(const Settings& settings) {
    const auto& sentinels = settings.redis_sentinels;
    if (sentinels.empty()) return is_local(settings.redis_url);
    return std::all_of(sentinels.begin(), sentinels.end(),
                       [](const HostPort& place) { return is_loopback_host(place.host); });
}

void check_redis(const Settings& settings, std::vector<Problem>& problems) {
    const auto& url = settings.redis_url;
    if (!was_read(url)) return;
    if (url.password.empty() && !settings.allow_unauthenticated_redis &&
        !redis_is_local(settings)) {
        problems.push_back({"REDIS_URL",
                            "REDIS_URL has no password, and its host is not this machine; write "
                            "redis://default:<password>@host, or set "
                            "ALLOW_UNAUTHENTICATED_REDIS=true"});
    }
    if (!settings.redis_sentinels.empty() && url.scheme == RedisScheme::unix_socket) {
        problems.push_back({"REDIS_SENTINELS",
                            "REDIS_SENTINELS is set, but REDIS_URL names a unix socket; write "
                            "redis:// or rediss:// there, or leave REDIS_SENTINELS out"});
    }
    const std::pair<const char*, const std::string&> tls[] = {
        {"REDIS_CA_FILE", settings.redis_ca_file},
        {"REDIS_CERT_FILE", settings.redis_cert_file},
        {"REDIS_KEY_FILE", settings.redis_key_file}};
    for (const auto& [name, path] : tls) {
        if (path.empty() || url.scheme == RedisScheme::rediss) continue;
        problems.push_back({name, std::string(name) +
                                      " is set, but REDIS_URL is not rediss://; write rediss:// "
                                      "there, or leave " +
                                      name + " out"});
    }
}

// Two settings that mean nothing without each other.
void check_pair(const char* one, bool has_one, const char* other, bool has_other,
                std::vector<Problem>& problems) {
    if (has_one == has_other) return;
    const std::string set = has_one ? one : other;
    const std::string missing = has_one ? other : one;
    problems.push_back({missing, set + " is set without " + missing + "; set both or none"});
}

void check_readable(const char* name, const std::string& path, std::vector<Problem>& problems) {
    if (path.empty() || ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0) return;
    problems.push_back({name, std::string(name) + " names " + path +
                                  ", which is not there or cannot be read; mend the path or the "
                                  "file's permissions"});
}

void check_bind(const char* name, const std::string& host, const Settings& settings,
                std::vector<Problem>& problems) {
    if (settings.allow_public_bind || !is_public_host(host)) return;
    problems.push_back({name, std::string(name) +
                                  " is an address that strangers can reach; bind a private one, "
                                  "like 127.0.0.1 or 10.0.0.3, or set ALLOW_PUBLIC_BIND=true"});
}

// Engines name the host of a container by the beginning of its id, and every start may bring
// another container.
void check_node_name(const Settings& settings, const Surroundings& here,
                     std::vector<Problem>& problems) {
    constexpr std::size_t short_id = 12;
    const auto& name = settings.node_name;
    if (!here.in_container || name.size() != short_id || !all_are(name, is_lower_hex)) return;
    problems.push_back(
        {"NODE_NAME", "NODE_NAME is " + name +
                          ", which is this container's id: the next container has another, and "
                          "the tenants of this node would be nobody's; set a name that stays, "
                          "like NODE_NAME=worker-1"});
}

// Compose's stop_grace_period, which the container gets with the rest of .env.
void check_stop_grace(const Settings& settings, const Surroundings& here,
                      std::vector<Problem>& problems) {
    const auto text = here.variable("STOP_GRACE");
    if (!text || text->empty()) return;
    const auto grace = parse_duration(*text);
    const auto* time = std::get_if<std::chrono::milliseconds>(&grace);
    if (time == nullptr || *time > settings.drain_timeout) return;
    problems.push_back({"DRAIN_TIMEOUT",
                        "STOP_GRACE is no longer than DRAIN_TIMEOUT, so a stop would kill the "
                        "runner in the middle of its jobs; set STOP_GRACE to 15s more than that"});
}

}  // namespace

void check_together(const Settings& settings, const Surroundings& here,
                    std::vector<Problem>& problems) {
    check_redis(settings, problems);
    check_pair("REDIS_SENTINELS", !settings.redis_sentinels.empty(), "REDIS_MASTER",
               !settings.redis_master.empty(), problems);
    check_pair("REDIS_CERT_FILE", !settings.redis_cert_file.empty(), "REDIS_KEY_FILE",
               !settings.redis_key_file.empty(), problems);
    check_readable("REDIS_CA_FILE", settings.redis_ca_file, problems);
    check_readable("REDIS_CERT_FILE", settings.redis_cert_file, problems);
    check_readable("REDIS_KEY_FILE", settings.redis_key_file, problems);
    check_readable("REGISTRY_AUTH_FILE", settings.registry_auth_file, problems);
    check_node_name(settings, here, problems);
    check_stop_grace(settings, here, problems);
    check_bind("RUNNER_BIND_IP", settings.runner_bind_ip, settings, problems);
    // In a container every interface is the container's own; what is published is RUNNER_BIND_IP's.
    if (!here.in_container) {
        check_bind("LISTEN_ADDRESS", settings.listen_address.host, settings, problems);
    }
}

}  // namespace nexus::config
