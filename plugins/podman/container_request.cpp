// The body of a container's creation. It is built from the typed spec alone, so a job can name
// nothing that has no member there.
#include <algorithm>
#include <limits>
#include <nexus/codec.hpp>
#include <optional>

#include "engine/only.hpp"
#include "engine/spec_check.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

using Namespace = engine::Only<"nsmode", std::string>;
using Pids = engine::Only<"limit", std::int64_t>;

struct NamedVolume {
    std::string name;
    std::string target;
    std::vector<std::string> options{"rw"};
};

template <typename Visit, codec::Is<NamedVolume> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Dest", value.target);
    visit("Options", value.options);
}

struct Mount {
    std::string type;
    std::string source;
    std::string target;
    std::vector<std::string> options;
};

template <typename Visit, codec::Is<Mount> T>
void members(Visit& visit, T& value) {
    visit("type", value.type);
    visit("source", value.source);
    visit("destination", value.target);
    visit("options", value.options);
}

struct ProcessLimit {
    std::string type;
    std::int64_t soft;
    std::int64_t hard;
};

template <typename Visit, codec::Is<ProcessLimit> T>
void members(Visit& visit, T& value) {
    visit("type", value.type);
    visit("soft", value.soft);
    visit("hard", value.hard);
}

struct Memory {
    std::int64_t limit;
    std::int64_t limit_with_swap;
};

template <typename Visit, codec::Is<Memory> T>
void members(Visit& visit, T& value) {
    visit("limit", value.limit);
    visit("swap", value.limit_with_swap);
}

struct Cpu {
    std::int64_t quota;  // microseconds of processor time in each period
    std::int64_t period;
};

template <typename Visit, codec::Is<Cpu> T>
void members(Visit& visit, T& value) {
    visit("quota", value.quota);
    visit("period", value.period);
}

struct Resources {
    std::optional<Memory> memory;
    std::optional<Cpu> cpu;
    std::optional<Pids> pids;
};

template <typename Visit, codec::Is<Resources> T>
void members(Visit& visit, T& value) {
    visit("memory", value.memory);
    visit("cpu", value.cpu);
    visit("pids", value.pids);
}

struct LogConfig {
    std::string driver = "k8s-file";
    std::optional<std::int64_t> size;
};

template <typename Visit, codec::Is<LogConfig> T>
void members(Visit& visit, T& value) {
    visit("driver", value.driver);
    visit("size", value.size);
}

struct ContainerBody {
    std::string name;
    std::string image;
    Labels labels;
    std::map<std::string, std::string> env;
    std::int64_t stop_timeout = 0;
    std::vector<NamedVolume> volumes;
    std::vector<Mount> mounts;
    std::vector<std::string> cap_drop{"ALL"};
    std::vector<std::string> cap_add;
    bool no_new_privileges = true;
    bool read_only_root = false;
    bool init = true;
    std::string systemd = "false";  // what looks like an init would get a writable cgroup tree
    Namespace ipc{"private"};
    Namespace cgroup{"private"};
    Namespace network{"bridge"};
    std::map<std::string, Labels> networks;
    Resources resources;
    std::vector<ProcessLimit> process_limits;
    // The engine would start it again at once, and again, without any back-off: the runner does it.
    std::string restart_policy = "no";
    LogConfig log;
};

template <typename Visit, codec::Is<ContainerBody> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("image", value.image);
    visit("labels", value.labels);
    visit("env", value.env);
    visit("stop_timeout", value.stop_timeout);
    visit("volumes", value.volumes);
    visit("mounts", value.mounts);
    visit("cap_drop", value.cap_drop);
    visit("cap_add", value.cap_add);
    visit("no_new_privileges", value.no_new_privileges);
    visit("read_only_filesystem", value.read_only_root);
    visit("init", value.init);
    visit("systemd", value.systemd);
    visit("ipcns", value.ipc);
    visit("cgroupns", value.cgroup);
    visit("netns", value.network);
    visit("Networks", value.networks);
    visit("resource_limits", value.resources);
    visit("r_limits", value.process_limits);
    visit("restart_policy", value.restart_policy);
    visit("log_configuration", value.log);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (auto comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
        parts.emplace_back(text.substr(0, comma));
        text.remove_prefix(comma + 1);
    }
    parts.emplace_back(text);
    return parts;
}

std::vector<Mount> mounts_of(const ContainerSpec& spec) {
    std::vector<Mount> mounts;
    for (const auto& bind : spec.binds) {
        mounts.push_back(
            {"bind", bind.source, bind.target, {bind.read_only ? "ro" : "rw", "rbind"}});
    }
    for (const auto& target : spec.tmpfs)
        mounts.push_back({"tmpfs", "tmpfs", target, split(engine::tmpfs_options)});
    return mounts;
}

Resources resources_of(const ContainerSpec& spec) {
    constexpr std::int64_t period = 100'000;
    constexpr std::int64_t nano_cpus_per_quota = 1'000'000'000 / period;
    constexpr std::int64_t least_quota = 1'000;  // the kernel takes no less
    Resources resources;
    if (spec.memory_bytes > 0) resources.memory = Memory{spec.memory_bytes, spec.memory_bytes};
    if (spec.nano_cpus > 0) {
        resources.cpu = Cpu{std::max(least_quota, spec.nano_cpus / nano_cpus_per_quota), period};
    }
    if (spec.pids > 0) resources.pids = Pids{spec.pids};
    return resources;
}

// The engine keeps one file and begins it anew when it is full: it gets the room of all of them.
std::optional<std::int64_t> log_size(const ContainerSpec& spec) {
    const auto size = engine::limit(spec.log_max_bytes);
    if (!size) return std::nullopt;
    const auto files = std::max<std::int64_t>(1, spec.log_max_files);
    return *size > std::numeric_limits<std::int64_t>::max() / files ? *size : *size * files;
}

}  // namespace

engine::Request create_container(const ContainerSpec& spec, const std::string& image,
                                 std::int64_t process_limit) {
    engine::check_spec(spec);
    ContainerBody body;
    body.name = spec.name;
    body.image = image;
    body.labels = spec.labels;
    body.labels.emplace(image_label, spec.image);
    body.env = spec.env;
    body.stop_timeout = spec.stop_timeout_seconds;
    for (const auto& [volume, target] : spec.volumes)
        body.volumes.push_back({volume, target});
    body.mounts = mounts_of(spec);
    for (const auto& name : spec.add_capabilities)
        body.cap_add.push_back("CAP_" + name);
    body.read_only_root = spec.read_only_root;
    body.networks[spec.network];
    body.resources = resources_of(spec);
    if (spec.nofile > 0) {
        body.process_limits = {{"nofile", spec.nofile, spec.nofile},
                               {"nproc", process_limit, process_limit}};
    }
    body.log.size = log_size(spec);
    return {"POST", "/containers/create", codec::encode(body)};
}

}  // namespace nexus::podman
