// The members of the values in <nexus/backend.hpp>, as they cross the boundary: each listed once,
// for <nexus/codec.hpp>. A new member goes to the end of its list.
#pragma once

#include <array>
#include <nexus/backend.hpp>
#include <nexus/codec.hpp>

namespace nexus {

constexpr auto enumerators(Phase /*type*/) {
    return std::array{Phase::created, Phase::running,  Phase::paused, Phase::restarting,
                      Phase::exited,  Phase::removing, Phase::dead};
}

constexpr auto enumerators(Health /*type*/) {
    return std::array{Health::none, Health::starting, Health::healthy, Health::unhealthy};
}

template <typename Visit, codec::Is<VolumeAccess> T>
void members(Visit& visit, T& value) {
    visit("method", value.method);
    visit("folder", value.folder);
    visit("losses", value.losses);
}

template <typename Visit, codec::Is<Info> T>
void members(Visit& visit, T& value) {
    visit("engine", value.engine);
    visit("engine_version", value.engine_version);
    visit("api_version", value.api_version);
    visit("cpus", value.cpus);
    visit("memory_bytes", value.memory_bytes);
    visit("warnings", value.warnings);
    visit("runs_programs", value.runs_programs);
    visit("volumes", value.volumes);
}

template <typename Visit, codec::Is<NetworkSpec> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("subnet", value.subnet);
    visit("labels", value.labels);
}

template <typename Visit, codec::Is<NetworkState> T>
void members(Visit& visit, T& value) {
    visit("id", value.id);
    visit("name", value.name);
    visit("subnet", value.subnet);
    visit("labels", value.labels);
}

template <typename Visit, codec::Is<VolumeSpec> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("labels", value.labels);
}

template <typename Visit, codec::Is<VolumeState> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("mountpoint", value.mountpoint);
    visit("labels", value.labels);
}

template <typename Visit, codec::Is<RegistryAuth> T>
void members(Visit& visit, T& value) {
    visit("server", value.server);
    visit("username", value.username);
    visit("password", value.password);
    visit("identity_token", value.identity_token);
}

template <typename Visit, codec::Is<ImageRequest> T>
void members(Visit& visit, T& value) {
    visit("reference", value.reference);
    visit("auth", value.auth);
}

template <typename Visit, codec::Is<ImageState> T>
void members(Visit& visit, T& value) {
    visit("id", value.id);
    visit("pulled", value.pulled);
}

template <typename Visit, codec::Is<VolumeMount> T>
void members(Visit& visit, T& value) {
    visit("volume", value.volume);
    visit("target", value.target);
}

template <typename Visit, codec::Is<BindMount> T>
void members(Visit& visit, T& value) {
    visit("source", value.source);
    visit("target", value.target);
    visit("read_only", value.read_only);
}

template <typename Visit, codec::Is<ContainerSpec> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("image", value.image);
    visit("labels", value.labels);
    visit("env", value.env);
    visit("volumes", value.volumes);
    visit("binds", value.binds);
    visit("network", value.network);
    visit("tmpfs", value.tmpfs);
    visit("memory_bytes", value.memory_bytes);
    visit("nano_cpus", value.nano_cpus);
    visit("pids", value.pids);
    visit("nofile", value.nofile);
    visit("read_only_root", value.read_only_root);
    visit("add_capabilities", value.add_capabilities);
    visit("stop_timeout_seconds", value.stop_timeout_seconds);
    visit("log_max_bytes", value.log_max_bytes);
    visit("log_max_files", value.log_max_files);
}

template <typename Visit, codec::Is<ContainerState> T>
void members(Visit& visit, T& value) {
    visit("id", value.id);
    visit("name", value.name);
    visit("image", value.image);
    visit("labels", value.labels);
    visit("phase", value.phase);
    visit("health", value.health);
    visit("exit_code", value.exit_code);
    visit("oom_killed", value.oom_killed);
    visit("started_at", value.started_at);
    visit("finished_at", value.finished_at);
    visit("restarts", value.restarts);
    visit("mounts", value.mounts);
    visit("published", value.published);
}

template <typename Visit, codec::Is<Stats> T>
void members(Visit& visit, T& value) {
    visit("cpu_ns", value.cpu_ns);
    visit("memory_bytes", value.memory_bytes);
    visit("memory_limit_bytes", value.memory_limit_bytes);
    visit("pids", value.pids);
    visit("network_in_bytes", value.network_in_bytes);
    visit("network_out_bytes", value.network_out_bytes);
}

template <typename Visit, codec::Is<VolumeCopy> T>
void members(Visit& visit, T& value) {
    visit("method", value.method);
    visit("losses", value.losses);
    visit("changed", value.changed);
    visit("entries", value.entries);
    visit("bytes", value.bytes);
}

template <typename Visit, codec::Is<Event> T>
void members(Visit& visit, T& value) {
    visit("container", value.container);
    visit("tenant", value.tenant);
    visit("action", value.action);
    visit("exit_code", value.exit_code);
}

}  // namespace nexus
