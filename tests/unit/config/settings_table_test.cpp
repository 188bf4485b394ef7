#include "config/settings_table.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace nexus::config;
using namespace std::chrono_literals;

namespace {

const SettingRow& row_of(std::string_view name) {
    for (const auto& row : settings_table()) {
        if (row.name == name) return row;
    }
    FAIL("no row for " << std::string(name));
    return settings_table().front();
}

}  // namespace

TEST_CASE("every setting of the contract has one row") {
    std::set<std::string> names;
    for (const auto& row : settings_table()) {
        CHECK(names.insert(std::string(row.name)).second);
        CHECK((row.store != nullptr));
    }
    for (const char* name : {"REDIS_URL",
                             "REDIS_SENTINELS",
                             "REDIS_MASTER",
                             "REDIS_CA_FILE",
                             "REDIS_CERT_FILE",
                             "REDIS_KEY_FILE",
                             "CONTROL_PRIVATE_IP",
                             "RUNNER_BIND_IP",
                             "LISTEN_ADDRESS",
                             "NODE_NAME",
                             "NEXUS_IMAGE",
                             "IMAGE_TAG",
                             "IMAGE_ALLOW",
                             "REGISTRY_AUTH_FILE",
                             "BACKEND",
                             "BACKEND_ENDPOINT",
                             "BACKEND_CONFIG",
                             "PLUGIN_DIR",
                             "TENANT_ROOT",
                             "STATE_DIR",
                             "TENANT_NETWORK",
                             "TENANT_ISOLATION",
                             "TENANT_SUBNET_POOL",
                             "BRIDGE_PORT",
                             "RUNTIME_CPUS",
                             "RUNTIME_MEMORY",
                             "RUNTIME_PIDS",
                             "RUNTIME_READ_ONLY",
                             "CONCURRENCY",
                             "JOB_TIMEOUT",
                             "PULL_TIMEOUT",
                             "STOP_TIMEOUT",
                             "DRAIN_TIMEOUT",
                             "RECONCILE_INTERVAL",
                             "BACKUP_DIR",
                             "BACKUP_KEEP",
                             "BACKUP_CONSISTENCY",
                             "LOG_LEVEL",
                             "LOG_FORMAT",
                             "QUEUE_PREFIX",
                             "LEDGER_TTL",
                             "IMAGE_KEEP",
                             "ALLOW_PUBLIC_BIND",
                             "ALLOW_UNAUTHENTICATED_REDIS"}) {
        CAPTURE(name);
        CHECK(names.erase(name) == 1);
    }
    CHECK(names.empty());
}

TEST_CASE("every default is a value that its own setting takes") {
    for (const auto& row : settings_table()) {
        if (row.default_text.empty()) continue;
        CAPTURE(row.name);
        Settings settings;
        CHECK_FALSE(row.store(settings, row.default_text).has_value());
    }
}

TEST_CASE("values reach their members") {
    struct Row {
        const char* name;
        const char* text;
        bool (*holds)(const Settings&);
    };
    using S = Settings;
    for (const Row& row :
         {Row{"REDIS_URL", "redis://h", [](const S& s) { return s.redis_url.host == "h"; }},
          Row{"REDIS_SENTINELS", "a:1,b:2",
              [](const S& s) { return s.redis_sentinels.size() == 2; }},
          Row{"REDIS_MASTER", "m", [](const S& s) { return s.redis_master == "m"; }},
          Row{"REDIS_CA_FILE", "/a", [](const S& s) { return s.redis_ca_file == "/a"; }},
          Row{"REDIS_CERT_FILE", "/a", [](const S& s) { return s.redis_cert_file == "/a"; }},
          Row{"REDIS_KEY_FILE", "/a", [](const S& s) { return s.redis_key_file == "/a"; }},
          Row{"ALLOW_UNAUTHENTICATED_REDIS", "true",
              [](const S& s) { return s.allow_unauthenticated_redis; }},
          Row{"QUEUE_PREFIX", "{q}", [](const S& s) { return s.queue_prefix == "{q}"; }},
          Row{"LEDGER_TTL", "1h", [](const S& s) { return s.ledger_ttl == 1h; }},
          Row{"CONTROL_PRIVATE_IP", "10.0.0.2",
              [](const S& s) { return s.control_private_ip == "10.0.0.2"; }},
          Row{"RUNNER_BIND_IP", "0.0.0.0",
              [](const S& s) { return s.runner_bind_ip == "0.0.0.0"; }},
          Row{"LISTEN_ADDRESS", "[::1]:1", [](const S& s) { return s.listen_address.port == 1; }},
          Row{"ALLOW_PUBLIC_BIND", "true", [](const S& s) { return s.allow_public_bind; }},
          Row{"NODE_NAME", "w-1", [](const S& s) { return s.node_name == "w-1"; }},
          Row{"NEXUS_IMAGE", "a/b:1",
              [](const S& s) { return s.nexus_image && s.nexus_image->tag() == "1"; }},
          Row{"IMAGE_TAG", "1", [](const S& s) { return s.image_tag == "1"; }},
          Row{"IMAGE_ALLOW", "a.io", [](const S& s) { return s.image_allow.size() == 1; }},
          Row{"IMAGE_KEEP", "0", [](const S& s) { return s.image_keep == 0ms; }},
          Row{"REGISTRY_AUTH_FILE", "/a", [](const S& s) { return s.registry_auth_file == "/a"; }},
          Row{"BACKEND", "simulated", [](const S& s) { return s.backend == "simulated"; }},
          Row{"BACKEND_ENDPOINT", "tcp://h:1",
              [](const S& s) { return s.backend_endpoint == "tcp://h:1"; }},
          Row{"BACKEND_CONFIG", R"({"a":1})",
              [](const S& s) { return s.backend_config == R"({"a":1})"; }},
          Row{"PLUGIN_DIR", "/a", [](const S& s) { return s.plugin_dir == "/a"; }},
          Row{"TENANT_ROOT", "/a", [](const S& s) { return s.tenant_root == "/a"; }},
          Row{"STATE_DIR", "/a", [](const S& s) { return s.state_dir == "/a"; }},
          Row{"TENANT_NETWORK", "n", [](const S& s) { return s.tenant_network == "n"; }},
          Row{"TENANT_ISOLATION", "shared",
              [](const S& s) { return s.tenant_isolation == Isolation::shared; }},
          Row{"TENANT_SUBNET_POOL", "10.0.0.0/8",
              [](const S& s) { return s.tenant_subnet_pool.prefix_length == 8; }},
          Row{"BRIDGE_PORT", "1", [](const S& s) { return s.bridge_port == 1; }},
          Row{"RUNTIME_CPUS", "2", [](const S& s) { return s.runtime_cpus == 2; }},
          Row{"RUNTIME_MEMORY", "6m", [](const S& s) { return s.runtime_memory == 6291456; }},
          Row{"RUNTIME_PIDS", "7", [](const S& s) { return s.runtime_pids == 7; }},
          Row{"RUNTIME_READ_ONLY", "true", [](const S& s) { return s.runtime_read_only; }},
          Row{"CONCURRENCY", "3", [](const S& s) { return s.concurrency == 3; }},
          Row{"JOB_TIMEOUT", "3s", [](const S& s) { return s.job_timeout == 3s; }},
          Row{"PULL_TIMEOUT", "4s", [](const S& s) { return s.pull_timeout == 4s; }},
          Row{"STOP_TIMEOUT", "5s", [](const S& s) { return s.stop_timeout == 5s; }},
          Row{"DRAIN_TIMEOUT", "0", [](const S& s) { return s.drain_timeout == 0s; }},
          Row{"RECONCILE_INTERVAL", "6s", [](const S& s) { return s.reconcile_interval == 6s; }},
          Row{"BACKUP_DIR", "/a", [](const S& s) { return s.backup_dir == "/a"; }},
          Row{"BACKUP_KEEP", "1d", [](const S& s) { return s.backup_keep.days == 1; }},
          Row{"BACKUP_CONSISTENCY", "none",
              [](const S& s) { return s.backup_consistency == BackupConsistency::none; }},
          Row{"LOG_LEVEL", "debug",
              [](const S& s) { return s.log_level == nexus::LogLevel::debug; }},
          Row{"LOG_FORMAT", "json",
              [](const S& s) { return s.log_format == nexus::LogFormat::json; }}}) {
        CAPTURE(row.name);
        Settings settings;
        const auto problem = row_of(row.name).store(settings, row.text);
        if (problem) FAIL_CHECK(*problem);
        CHECK(row.holds(settings));
    }
}

TEST_CASE("numbers and times out of bounds are refused with the bounds") {
    struct Row {
        const char* name;
        const char* text;
        const char* part;
    };
    for (const Row& row :
         {Row{"BRIDGE_PORT", "0", "1 to 65535"}, Row{"BRIDGE_PORT", "65536", "1 to 65535"},
          Row{"BRIDGE_PORT", "8765x", "1 to 65535"}, Row{"CONCURRENCY", "0", "1 to 1024"},
          Row{"CONCURRENCY", "-1", "1 to 1024"}, Row{"CONCURRENCY", "16s", "1 to 1024"},
          Row{"RUNTIME_PIDS", "0", "1 to 4194304"}, Row{"RUNTIME_MEMORY", "5m", "at least 6m"},
          Row{"RUNTIME_MEMORY", "lots", "1152m"}, Row{"JOB_TIMEOUT", "0", "at least 1s"},
          Row{"STOP_TIMEOUT", "999ms", "at least 1s"}, Row{"JOB_TIMEOUT", "120", "no unit"},
          Row{"DRAIN_TIMEOUT", "30", "no unit"}, Row{"NEXUS_IMAGE", "x", "no tag"}}) {
        CAPTURE(row.name);
        CAPTURE(row.text);
        Settings settings;
        const auto problem = row_of(row.name).store(settings, row.text);
        REQUIRE(problem.has_value());
        CHECK(problem->find(row.part) != std::string::npos);
    }
}
