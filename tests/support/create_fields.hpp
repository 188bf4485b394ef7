// What engines take in a container's creation that would give a runtime more than it may have, and
// what else a job could try to smuggle in. Threads: constants.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace nexus::test {

struct CreateField {
    const char* name;
    const char* value;  // JSON
};

// By their names in Docker's API and in libpod's.
inline constexpr auto create_fields = std::to_array<CreateField>({
    {"Privileged", "true"},
    {"CapAdd", R"(["ALL"])"},
    {"CapDrop", "[]"},
    {"Capabilities", R"(["CAP_SYS_ADMIN"])"},
    {"Devices", R"([{"PathOnHost":"/dev/sda","PathInContainer":"/dev/sda"}])"},
    {"DeviceCgroupRules", R"(["a *:* rwm"])"},
    {"DeviceRequests", R"([{"Driver":"nvidia","Count":-1}])"},
    {"Binds", R"(["/:/host"])"},
    {"Mounts", R"([{"Type":"bind","Source":"/","Target":"/host"}])"},
    {"Tmpfs", R"({"/x":"exec,suid,dev"})"},
    {"Volumes", R"({"/":{}})"},
    {"VolumesFrom", R"(["tenant_other_runtime"])"},
    {"VolumeDriver", R"("local")"},
    {"StorageOpt", R"({"size":"1T"})"},
    {"PidMode", R"("host")"},
    {"IpcMode", R"("host")"},
    {"NetworkMode", R"("host")"},
    {"NetworkingConfig", R"({"EndpointsConfig":{"bridge":{}}})"},
    {"UTSMode", R"("host")"},
    {"UsernsMode", R"("host")"},
    {"CgroupnsMode", R"("host")"},
    {"Cgroup", R"("container:other")"},
    {"CgroupParent", R"("/")"},
    {"SecurityOpt", R"(["seccomp=unconfined"])"},
    {"Sysctls", R"({"kernel.shm_rmid_forced":"1"})"},
    {"Runtime", R"("/bin/evil")"},
    {"Isolation", R"("process")"},
    {"PortBindings", R"({"8765/tcp":[{"HostPort":"22"}]})"},
    {"PublishAllPorts", "true"},
    {"ExposedPorts", R"({"22/tcp":{}})"},
    {"Links", R"(["tenant_other_runtime:other"])"},
    {"ExtraHosts", R"(["registry:127.0.0.1"])"},
    {"Dns", R"(["10.0.0.2"])"},
    {"OomScoreAdj", "-1000"},
    {"OomKillDisable", "true"},
    {"Memory", "0"},
    {"MemorySwap", "-1"},
    {"MemorySwappiness", "100"},
    {"NanoCpus", "0"},
    {"CpusetCpus", R"("0-1023")"},
    {"PidsLimit", "-1"},
    {"Ulimits", R"([{"Name":"nofile","Soft":1048576,"Hard":1048576}])"},
    {"MaskedPaths", "[]"},
    {"ReadonlyPaths", "[]"},
    {"ReadonlyRootfs", "false"},
    {"ShmSize", "1099511627776"},
    {"AutoRemove", "true"},
    {"RestartPolicy", R"({"Name":"always"})"},
    {"LogConfig", R"({"Type":"syslog"})"},
    {"GroupAdd", R"(["docker"])"},
    {"HostConfig", R"({"Privileged":true,"Binds":["/:/host"]})"},
    {"User", R"("0:0")"},
    {"Entrypoint", R"(["/bin/sh"])"},
    {"Cmd", R"(["-c","id"])"},
    {"Healthcheck", R"({"Test":["CMD-SHELL","id"]})"},
    {"WorkingDir", R"("/proc/1/root")"},
    {"Labels", R"({"io.nexus.tenant":"other"})"},
    {"StopSignal", R"("SIGCONT")"},
    {"Tty", "true"},
    {"privileged", "true"},
    {"cap_add", R"(["ALL"])"},
    {"cap_drop", "[]"},
    {"devices", R"([{"path":"/dev/sda"}])"},
    {"device_cgroup_rule", R"([{"allow":true,"access":"rwm"}])"},
    {"devices_from", R"(["other"])"},
    {"mounts", R"([{"type":"bind","source":"/","destination":"/host"}])"},
    {"overlay_volumes", R"([{"source":"/","destination":"/host"}])"},
    {"image_volumes", R"([{"Source":"x","Destination":"/x"}])"},
    {"volumes", R"([{"Name":"tenant_other_state","Dest":"/x"}])"},
    {"volumes_from", R"(["tenant_other_runtime"])"},
    {"rootfs", R"("/")"},
    {"pidns", R"({"nsmode":"host"})"},
    {"ipcns", R"({"nsmode":"host"})"},
    {"netns", R"({"nsmode":"host"})"},
    {"Networks", R"({"podman":{}})"},
    {"utsns", R"({"nsmode":"host"})"},
    {"userns", R"({"nsmode":"host"})"},
    {"cgroupns", R"({"nsmode":"host"})"},
    {"cgroup_parent", R"("/")"},
    {"cgroups_mode", R"("disabled")"},
    {"seccomp_profile_path", R"("unconfined")"},
    {"seccomp_policy", R"("image")"},
    {"apparmor_profile", R"("unconfined")"},
    {"selinux_opts", R"(["disable"])"},
    {"no_new_privileges", "false"},
    {"unmask", R"(["ALL"])"},
    {"mask", "[]"},
    {"procfs_opts", R"(["hidepid=0"])"},
    {"sysctl", R"({"kernel.shm_rmid_forced":"1"})"},
    {"r_limits", R"([{"type":"nofile","soft":1048576,"hard":1048576}])"},
    {"rlimits", R"([{"type":"nofile","soft":1048576,"hard":1048576}])"},
    {"resource_limits", R"({"memory":{"limit":-1}})"},
    {"portmappings", R"([{"container_port":8765,"host_port":22}])"},
    {"publish_image_ports", "true"},
    {"hostadd", R"(["registry:127.0.0.1"])"},
    {"oom_score_adj", "-1000"},
    {"read_only_filesystem", "false"},
    {"shm_size", "1099511627776"},
    {"restart_policy", R"("always")"},
    {"log_configuration", R"({"driver":"journald"})"},
    {"oci_runtime", R"("/bin/evil")"},
    {"hooks_dir", R"(["/tmp/hooks"])"},
    {"secrets", R"([{"Source":"other"}])"},
    {"pod", R"("other")"},
    {"raw_image_name", R"("x")"},
    {"user", R"("0:0")"},
    {"groups", R"(["docker"])"},
    {"entrypoint", R"(["/bin/sh"])"},
    {"command", R"(["-c","id"])"},
    {"healthconfig", R"({"Test":["CMD-SHELL","id"]})"},
    {"init_path", R"("/bin/evil")"},
    {"systemd", R"("always")"},
    {"conmon_pid_file", R"("/etc/passwd")"},
    {"containerCreateCommand", R"(["podman","run","--privileged"])"},
});

// A name in the letter cases that a lenient reader might take for it.
inline std::vector<std::string> spellings(const std::string& name) {
    const auto mapped = [&](int (*to)(int)) {
        std::string text = name;
        std::transform(text.begin(), text.end(), text.begin(),
                       [to](unsigned char c) { return static_cast<char>(to(c)); });
        return text;
    };
    std::vector<std::string> all{name,
                                 mapped([](int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }),
                                 mapped([](int c) { return c >= 'a' && c <= 'z' ? c - 32 : c; })};
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

// Values of environment variables that would mean something to a shell, to JSON or to a command
// line.
inline const std::vector<std::string> hostile_values{
    "--privileged",
    R"(","Privileged":true,"x":")",
    R"(x"],"HostConfig":{"Privileged":true},"Env":["y)",
    "$(reboot) `reboot` ; reboot & reboot | reboot",
    "a=b=c",
    "\\n\\0\\u0000\"'",
    "\t\r\x1b[2J",
    "../../../../etc/passwd",
    "",
    std::string(32768, 'x')};

}  // namespace nexus::test
