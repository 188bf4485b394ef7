// Every setting of config.md as a typed value. A fresh Settings holds nothing useful: the defaults
// stand in the settings table, and the loader fills all members. Threads: as a plain value; not
// changed after the start.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "config/backup_keep.hpp"
#include "config/bind_address.hpp"
#include "config/cidr.hpp"
#include "config/host_port.hpp"
#include "config/image_ref.hpp"
#include "config/redis_url.hpp"

namespace nexus::config {

enum class Isolation { isolated, shared };
enum class BackupConsistency { pause, stop, none };

struct Settings {
    using Duration = std::chrono::milliseconds;

    RedisUrl redis_url;
    std::vector<HostPort> redis_sentinels;  // empty: redis_url names the server itself
    std::string redis_master;               // its name at the sentinels
    std::string redis_ca_file;              // empty: the system's authorities
    std::string redis_cert_file;            // empty: no client certificate
    std::string redis_key_file;
    bool allow_unauthenticated_redis = false;
    std::string queue_prefix;  // of every key in Redis, without the colon
    Duration ledger_ttl{0};

    std::string control_private_ip;  // may be empty; shown, never connected to
    std::string runner_bind_ip;      // may be empty; for the compose file
    BindAddress listen_address;
    bool allow_public_bind = false;
    std::string node_name;

    std::optional<ImageRef> nexus_image;
    std::string image_tag;                 // may be empty; the runner's own
    std::vector<ImagePrefix> image_allow;  // empty: all
    std::string registry_auth_file;        // empty: no credentials
    Duration image_keep{0};                // 0: unused images are never removed

    std::string backend;           // a plugin's name, or the absolute path of a .so
    std::string backend_endpoint;  // empty: the plugin's default
    std::string backend_config;    // the text of a JSON object
    std::string plugin_dir;

    std::string tenant_root;
    std::string state_dir;
    std::string tenant_network;
    Isolation tenant_isolation = Isolation::isolated;
    Ipv4Network tenant_subnet_pool;

    int bridge_port = 0;
    double runtime_cpus = 0;  // processors
    std::int64_t runtime_memory = 0;
    std::int64_t runtime_pids = 0;
    bool runtime_read_only = false;

    int concurrency = 0;
    Duration job_timeout{0};
    Duration pull_timeout{0};
    Duration stop_timeout{0};
    Duration drain_timeout{0};
    Duration reconcile_interval{0};

    std::string backup_dir;
    BackupKeep backup_keep;
    BackupConsistency backup_consistency = BackupConsistency::pause;

    LogLevel log_level = LogLevel::information;
    LogFormat log_format = LogFormat::text;
};

}  // namespace nexus::config
