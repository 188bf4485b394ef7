// The body of a container's creation. It is built from the typed spec alone, so a job can name
// nothing that has no member there.
#include <nexus/codec.hpp>
#include <optional>

#include "docker/requests.hpp"
#include "engine/only.hpp"
#include "engine/spec_check.hpp"

namespace nexus::docker {
namespace {

struct Mount {
    std::string type;
    std::string source;
    std::string target;
    bool read_only = false;
};

template <typename Visit, codec::Is<Mount> T>
void members(Visit& visit, T& value) {
    visit("Type", value.type);
    visit("Source", value.source);
    visit("Target", value.target);
    visit("ReadOnly", value.read_only);
}

struct Ulimit {
    std::string name;
    std::int64_t soft;
    std::int64_t hard;
};

template <typename Visit, codec::Is<Ulimit> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Soft", value.soft);
    visit("Hard", value.hard);
}

using RestartPolicy = engine::Only<"Name", std::string>;

struct LogConfig {
    std::string type;
    std::map<std::string, std::string> config;
};

template <typename Visit, codec::Is<LogConfig> T>
void members(Visit& visit, T& value) {
    visit("Type", value.type);
    visit("Config", value.config);
}

struct HostConfig {
    std::string network_mode;
    std::vector<Mount> mounts;
    std::map<std::string, std::string> tmpfs;
    std::vector<std::string> cap_drop{"ALL"};
    std::vector<std::string> cap_add;
    std::vector<std::string> security_options{"no-new-privileges:true"};
    std::string ipc_mode = "private";
    std::string cgroup_namespace = "private";
    bool init = true;
    bool read_only_root = false;
    std::optional<std::int64_t> memory;
    std::optional<std::int64_t> memory_and_swap;
    std::optional<std::int64_t> nano_cpus;
    std::optional<std::int64_t> pids;
    std::vector<Ulimit> ulimits;
    RestartPolicy restart{"unless-stopped"};
    LogConfig log;
};

template <typename Visit, codec::Is<HostConfig> T>
void members(Visit& visit, T& value) {
    visit("NetworkMode", value.network_mode);
    visit("Mounts", value.mounts);
    visit("Tmpfs", value.tmpfs);
    visit("CapDrop", value.cap_drop);
    visit("CapAdd", value.cap_add);
    visit("SecurityOpt", value.security_options);
    visit("IpcMode", value.ipc_mode);
    visit("CgroupnsMode", value.cgroup_namespace);
    visit("Init", value.init);
    visit("ReadonlyRootfs", value.read_only_root);
    visit("Memory", value.memory);
    visit("MemorySwap", value.memory_and_swap);
    visit("NanoCpus", value.nano_cpus);
    visit("PidsLimit", value.pids);
    visit("Ulimits", value.ulimits);
    visit("RestartPolicy", value.restart);
    visit("LogConfig", value.log);
}

struct ContainerBody {
    std::string image;
    Labels labels;
    std::vector<std::string> env;
    std::int64_t stop_timeout = 0;
    HostConfig host;
};

template <typename Visit, codec::Is<ContainerBody> T>
void members(Visit& visit, T& value) {
    visit("Image", value.image);
    visit("Labels", value.labels);
    visit("Env", value.env);
    visit("StopTimeout", value.stop_timeout);
    visit("HostConfig", value.host);
}

std::vector<Mount> mounts_of(const ContainerSpec& spec) {
    std::vector<Mount> mounts;
    for (const auto& [source, target] : spec.volumes) {
        mounts.push_back({"volume", source, target, false});
    }
    for (const auto& bind : spec.binds) {
        mounts.push_back({"bind", bind.source, bind.target, bind.read_only});
    }
    return mounts;
}

LogConfig log_of(const ContainerSpec& spec) {
    LogConfig log{"json-file", {}};
    if (spec.log_max_bytes > 0) log.config["max-size"] = std::to_string(spec.log_max_bytes);
    // The engine takes a number of files only together with their size.
    if (spec.log_max_bytes > 0 && spec.log_max_files > 0) {
        log.config["max-file"] = std::to_string(spec.log_max_files);
    }
    return log;
}

HostConfig host_config(const ContainerSpec& spec, const std::string& network_id) {
    HostConfig host;
    host.network_mode = network_id;
    host.mounts = mounts_of(spec);
    for (const auto& target : spec.tmpfs)
        host.tmpfs[target] = engine::tmpfs_options;
    host.cap_add = spec.add_capabilities;
    host.read_only_root = spec.read_only_root;
    host.memory = engine::limit(spec.memory_bytes);
    host.memory_and_swap = host.memory;  // the sum of both: no swap is added
    host.nano_cpus = engine::limit(spec.nano_cpus);
    host.pids = engine::limit(spec.pids);
    if (spec.nofile > 0) host.ulimits.push_back({"nofile", spec.nofile, spec.nofile});
    host.log = log_of(spec);
    return host;
}

}  // namespace

engine::Request create_container(const ContainerSpec& spec, const std::string& network_id) {
    engine::check_spec(spec);
    ContainerBody body;
    body.image = spec.image;
    body.labels = spec.labels;
    for (const auto& [name, value] : spec.env) {
        body.env.push_back(name);
        body.env.back().append("=").append(value);
    }
    body.stop_timeout = spec.stop_timeout_seconds;
    body.host = host_config(spec, network_id);
    return {"POST", engine::with_query("/containers/create", {{"name", spec.name}}),
            codec::encode(body)};
}

}  // namespace nexus::docker
