// The body of a container's creation. It is built from the typed spec alone, so a job can name
// nothing that has no member there; what a member must not say is refused here.
#include <algorithm>
#include <nexus/codec.hpp>
#include <optional>

#include "docker/requests.hpp"
#include "engine/text.hpp"

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

struct RestartPolicy {
    std::string name;
};

template <typename Visit, codec::Is<RestartPolicy> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
}

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

constexpr const char* tmpfs_options = "rw,noexec,nosuid,nodev,size=64m,mode=1777";

[[noreturn]] void refuse(std::string_view member, std::string_view value, std::string_view mend) {
    throw BackendError(
        Code::invalid,
        std::string(member) + ": \"" + engine::short_text(value) + "\" " + std::string(mend),
        false);
}

void require_absolute(std::string_view member, std::string_view path) {
    if (!path.starts_with('/')) refuse(member, path, "must be an absolute path");
}

// "ALL" would undo the drop.
void require_capability(const std::string& name) {
    const bool named = !name.empty() && name != "ALL" && !name.starts_with("CAP_") &&
                       std::all_of(name.begin(), name.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    if (!named) {
        refuse("add_capabilities", name, "must be one capability, such as NET_BIND_SERVICE");
    }
}

std::vector<Mount> mounts_of(const ContainerSpec& spec) {
    std::vector<Mount> mounts;
    for (const auto& [source, target] : spec.volumes) {
        require_name("volume", source);
        require_absolute("volumes", target);
        mounts.push_back({"volume", source, target, false});
    }
    for (const auto& bind : spec.binds) {
        require_absolute("binds", bind.source);
        require_absolute("binds", bind.target);
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

std::optional<std::int64_t> limit(std::int64_t value) {
    return value > 0 ? std::optional(value) : std::nullopt;
}

HostConfig host_config(const ContainerSpec& spec, const std::string& network_id) {
    HostConfig host;
    host.network_mode = network_id;
    host.mounts = mounts_of(spec);
    for (const auto& target : spec.tmpfs) {
        require_absolute("tmpfs", target);
        host.tmpfs[target] = tmpfs_options;
    }
    std::for_each(spec.add_capabilities.begin(), spec.add_capabilities.end(), require_capability);
    host.cap_add = spec.add_capabilities;
    host.read_only_root = spec.read_only_root;
    host.memory = limit(spec.memory_bytes);
    host.memory_and_swap = host.memory;  // the sum of both: no swap is added
    host.nano_cpus = limit(spec.nano_cpus);
    host.pids = limit(spec.pids);
    if (spec.nofile > 0) host.ulimits.push_back({"nofile", spec.nofile, spec.nofile});
    host.log = log_of(spec);
    return host;
}

}  // namespace

engine::Request create_container(const ContainerSpec& spec, const std::string& network_id) {
    ContainerBody body;
    body.image = spec.image;
    body.labels = spec.labels;
    for (const auto& [name, value] : spec.env) {
        if (name.empty() || name.find('=') != std::string::npos) {
            refuse("env", name, "is no name of a variable");
        }
        body.env.push_back(name);
        body.env.back().append("=").append(value);
    }
    body.stop_timeout = spec.stop_timeout_seconds;
    body.host = host_config(spec, network_id);
    return {"POST", engine::with_query("/containers/create", {{"name", spec.name}}),
            codec::encode(body)};
}

}  // namespace nexus::docker
