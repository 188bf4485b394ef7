#include "config/settings_table.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <utility>

#include "config/byte_size.hpp"
#include "config/characters.hpp"
#include "config/duration.hpp"
#include "config/node_name.hpp"
#include "config/setting_rules.hpp"

namespace nexus::config {
namespace {

using Problem = std::optional<std::string>;

template <auto Member, auto Parse>
Problem parsed(Settings& settings, std::string_view text) {
    auto result = Parse(text);
    if (auto* problem = std::get_if<std::string>(&result)) return std::move(*problem);
    settings.*Member = std::get<0>(std::move(result));
    return std::nullopt;
}

template <auto Member, auto FindProblem>
Problem checked(Settings& settings, std::string_view text) {
    if (auto problem = FindProblem(text)) return problem;
    settings.*Member = text;
    return std::nullopt;
}

template <auto Member, std::int64_t Least, std::int64_t Most>
Problem integer(Settings& settings, std::string_view text) {
    const auto number = parse_digits(text);
    if (!number || *number < Least || *number > Most) {
        return "must be a whole number from " + std::to_string(Least) + " to " +
               std::to_string(Most);
    }
    settings.*Member = static_cast<std::decay_t<decltype(settings.*Member)>>(*number);
    return std::nullopt;
}

// Engines and Redis count in whole seconds: less than one would become none.
template <auto Member>
Problem at_least_a_second(Settings& settings, std::string_view text) {
    if (auto problem = parsed<Member, parse_duration>(settings, text)) return problem;
    if (settings.*Member >= std::chrono::seconds(1)) return std::nullopt;
    return "must be at least 1s";
}

// Below this Docker refuses a container.
Problem memory(Settings& settings, std::string_view text) {
    constexpr std::int64_t least = 6 << 20;
    if (auto problem = parsed<&Settings::runtime_memory, parse_byte_size>(settings, text)) {
        return problem;
    }
    if (settings.runtime_memory >= least) return std::nullopt;
    return "must be at least 6m, the least that an engine takes";
}

std::string default_listen_address(const Surroundings& here) {
    return here.in_container ? "0.0.0.0:8000" : "127.0.0.1:8000";
}

std::string default_node_name(const Surroundings& here) {
    return lower_case(here.host_name);
}

std::string default_registry_auth_file(const Surroundings& here) {
    const auto home = here.variable("HOME");
    if (!home || home->empty()) return {};
    std::string path = *home + "/.docker/config.json";
    return ::access(path.c_str(), F_OK) == 0 ? path : "";
}

std::string default_plugin_dir(const Surroundings& here) {
    if (here.executable_dir.empty()) return {};
    return (std::filesystem::path(here.executable_dir) / "../lib/nexus/plugins")
        .lexically_normal()
        .string();
}

std::string default_log_format(const Surroundings& here) {
    return here.on_terminal ? "text" : "json";
}

using S = Settings;

constexpr std::array table{
    SettingRow{.name = "REDIS_URL",
               .secret = true,
               .required = true,
               .store = parsed<&S::redis_url, parse_redis_url>},
    SettingRow{.name = "REDIS_SENTINELS", .store = parsed<&S::redis_sentinels, parse_host_ports>},
    SettingRow{.name = "REDIS_MASTER", .store = checked<&S::redis_master, master_name_problem>},
    SettingRow{.name = "REDIS_CA_FILE", .store = checked<&S::redis_ca_file, path_problem>},
    SettingRow{.name = "REDIS_CERT_FILE", .store = checked<&S::redis_cert_file, path_problem>},
    SettingRow{.name = "REDIS_KEY_FILE", .store = checked<&S::redis_key_file, path_problem>},
    SettingRow{.name = "ALLOW_UNAUTHENTICATED_REDIS",
               .default_text = "false",
               .store = parsed<&S::allow_unauthenticated_redis, parse_flag>},
    SettingRow{.name = "QUEUE_PREFIX",
               .default_text = "nexus",
               .store = checked<&S::queue_prefix, queue_prefix_problem>},
    SettingRow{
        .name = "LEDGER_TTL", .default_text = "168h", .store = at_least_a_second<&S::ledger_ttl>},
    SettingRow{.name = "CONTROL_PRIVATE_IP",
               .store = checked<&S::control_private_ip, private_ip_problem>},
    SettingRow{.name = "RUNNER_BIND_IP",
               .store = checked<&S::runner_bind_ip, host_address_problem>},
    SettingRow{.name = "LISTEN_ADDRESS",
               .computed_default = default_listen_address,
               .store = parsed<&S::listen_address, parse_bind_address>},
    SettingRow{.name = "ALLOW_PUBLIC_BIND",
               .default_text = "false",
               .store = parsed<&S::allow_public_bind, parse_flag>},
    SettingRow{.name = "NODE_NAME",
               .computed_default = default_node_name,
               .required = true,
               .store = checked<&S::node_name, node_name_problem>},
    SettingRow{.name = "NEXUS_IMAGE", .store = parsed<&S::nexus_image, &ImageRef::parse>},
    SettingRow{.name = "IMAGE_TAG", .store = checked<&S::image_tag, image_tag_problem>},
    SettingRow{.name = "IMAGE_ALLOW", .store = parsed<&S::image_allow, parse_image_prefixes>},
    SettingRow{.name = "IMAGE_KEEP",
               .default_text = "168h",
               .store = parsed<&S::image_keep, parse_duration>},
    SettingRow{.name = "REGISTRY_AUTH_FILE",
               .computed_default = default_registry_auth_file,
               .store = checked<&S::registry_auth_file, path_problem>},
    SettingRow{.name = "BACKEND",
               .default_text = "docker",
               .store = checked<&S::backend, backend_problem>},
    SettingRow{.name = "BACKEND_ENDPOINT",
               .store = checked<&S::backend_endpoint, endpoint_problem>},
    SettingRow{.name = "BACKEND_CONFIG",
               .default_text = "{}",
               .secret = true,
               .store = checked<&S::backend_config, json_object_problem>},
    SettingRow{.name = "PLUGIN_DIR",
               .computed_default = default_plugin_dir,
               .required = true,
               .store = checked<&S::plugin_dir, path_problem>},
    SettingRow{.name = "TENANT_ROOT",
               .default_text = "/opt/nexus/tenants",
               .store = checked<&S::tenant_root, path_problem>},
    SettingRow{.name = "STATE_DIR",
               .default_text = "/var/lib/nexus-runner",
               .store = checked<&S::state_dir, path_problem>},
    SettingRow{.name = "TENANT_NETWORK",
               .default_text = "runner_internal",
               .store = checked<&S::tenant_network, network_name_problem>},
    SettingRow{.name = "TENANT_ISOLATION",
               .default_text = "isolated",
               .store = parsed<&S::tenant_isolation, parse_isolation>},
    SettingRow{.name = "TENANT_SUBNET_POOL",
               .default_text = "10.231.0.0/16",
               .store = parsed<&S::tenant_subnet_pool, parse_ipv4_network>},
    SettingRow{
        .name = "BRIDGE_PORT", .default_text = "8765", .store = integer<&S::bridge_port, 1, 65535>},
    SettingRow{.name = "RUNTIME_CPUS",
               .default_text = "0.8",
               .store = parsed<&S::runtime_cpus, parse_cpus>},
    SettingRow{.name = "RUNTIME_MEMORY", .default_text = "1152m", .store = memory},
    SettingRow{.name = "RUNTIME_PIDS",
               .default_text = "512",
               .store = integer<&S::runtime_pids, 1, 4194304>},
    SettingRow{.name = "RUNTIME_READ_ONLY",
               .default_text = "false",
               .store = parsed<&S::runtime_read_only, parse_flag>},
    SettingRow{
        .name = "CONCURRENCY", .default_text = "16", .store = integer<&S::concurrency, 1, 1024>},
    SettingRow{
        .name = "JOB_TIMEOUT", .default_text = "120s", .store = at_least_a_second<&S::job_timeout>},
    SettingRow{.name = "PULL_TIMEOUT",
               .default_text = "600s",
               .store = at_least_a_second<&S::pull_timeout>},
    SettingRow{.name = "STOP_TIMEOUT",
               .default_text = "10s",
               .store = at_least_a_second<&S::stop_timeout>},
    SettingRow{.name = "DRAIN_TIMEOUT",
               .default_text = "30s",
               .store = parsed<&S::drain_timeout, parse_duration>},
    SettingRow{.name = "RECONCILE_INTERVAL",
               .default_text = "30s",
               .store = at_least_a_second<&S::reconcile_interval>},
    SettingRow{.name = "BACKUP_DIR",
               .default_text = "/opt/nexus/backups/worker",
               .store = checked<&S::backup_dir, path_problem>},
    SettingRow{.name = "BACKUP_KEEP",
               .default_text = "7d 4w 6m",
               .store = parsed<&S::backup_keep, parse_backup_keep>},
    SettingRow{.name = "BACKUP_CONSISTENCY",
               .default_text = "pause",
               .store = parsed<&S::backup_consistency, parse_backup_consistency>},
    SettingRow{.name = "LOG_LEVEL",
               .default_text = "information",
               .store = parsed<&S::log_level, parse_log_level>},
    SettingRow{.name = "LOG_FORMAT",
               .computed_default = default_log_format,
               .store = parsed<&S::log_format, parse_log_format>},
};

}  // namespace

std::string SettingRow::key() const {
    return lower_case(name);
}

std::span<const SettingRow> settings_table() {
    return table;
}

}  // namespace nexus::config
