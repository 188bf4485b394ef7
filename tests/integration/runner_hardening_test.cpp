// What a tenant's runtime may do and what it sees of its host, looked at from inside of it.
#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "integration/tenant_node.hpp"

namespace nexus::test {
namespace {

std::set<std::string> lines(const std::string& text) {
    std::set<std::string> result;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        result.insert(line);
    return result;
}

// What is in `seen` and not in `allowed`, in one text.
std::string beyond(const std::set<std::string>& seen, const std::set<std::string>& allowed) {
    std::string text;
    for (const auto& one : seen)
        if (!allowed.contains(one)) text += one + '\n';
    return text;
}

struct HardenedNode : TenantNode {
    void begin() {
        runner.start();
        REQUIRE(
            at(provision("rt-one", R"({"limits":{"cpus":0.5,"memory_bytes":67108864,"pids":64}})"),
               "/detail") == "provisioned");
    }
    std::string in(const std::string& script) const { return inside("rt-one", script); }
};

}  // namespace

TEST_CASE_FIXTURE(HardenedNode, "a runtime has no capability, no way to more, and its limits") {
    begin();
    CHECK(lines(in("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/1/status")) ==
          lines("CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
                "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
                "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2"));
    CHECK(in("awk '/Max open files/{print $4, $5}' /proc/1/limits") == "4096 4096");
    const auto limits = in(R"(cd /sys/fs/cgroup
cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes
echo $(cat cpu.max 2>/dev/null || cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us)
cat pids.max 2>/dev/null || cat pids/pids.max)");
    CHECK(limits == "67108864\n50000 100000\n64");
    // Swap on top of memory: none in the one version, the sum of both in the other; a kernel
    // without the accounting of swap has no such file.
    const auto swap = in(R"(cd /sys/fs/cgroup
cat memory.swap.max 2>/dev/null || cat memory/memory.memsw.limit_in_bytes 2>/dev/null)");
    CAPTURE(swap);
    CHECK(std::set<std::string>{"0", "67108864", ""}.contains(swap));
    CHECK(engine.facts(runtime_of("rt-one")).memory_and_swap == 67108864);
    for (const char* attempt :
         {"mount -t tmpfs none /mnt", "mount -o remount,rw /proc/sys", "chroot / true",
          "mknod /tmp/sda b 8 0", "hostname other", "ip link set lo down", "unshare -m true",
          "nice -n -5 true", "echo 1 >/proc/sys/kernel/panic", "echo b >/proc/sysrq-trigger",
          "mkdir /sys/fs/cgroup/x", "chown 1000 /data/state",
          "cat /proc/kcore | head -c 1 | grep ."}) {
        CAPTURE(std::string(attempt));
        CHECK(in("(" + std::string(attempt) + ") >/dev/null 2>&1 && echo done || echo refused") ==
              "refused");
    }
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(HardenedNode, "a runtime sees no device, namespace or path of its host") {
    begin();
    CHECK(beyond(lines(in("cd /dev; find . ! -type d | cut -c3- | grep -v ^pts/")),
                 lines("console\ncore\nfd\nfull\nnull\nptmx\nrandom\nstderr\nstdin\nstdout\ntty\n"
                       "urandom\nzero")) == "");
    CHECK(in("find / -xdev -type b 2>/dev/null") == "");
    for (const char* space : {"cgroup", "ipc", "mnt", "net", "pid", "uts"}) {
        CAPTURE(space);
        const auto link = std::string("/proc/self/ns/") + space;
        const auto own = in("readlink " + link);
        CHECK(own.rfind(space, 0) == 0);
        CHECK(own != std::filesystem::read_symlink(link).string());
    }
    CHECK(in("hostname") != run({.argv = {"hostname"}}).out);

    const auto points =
        lines(in("awk '{print $5}' /proc/1/mountinfo | "
                 "grep -vE '^/(proc|sys|dev)(/|$)'"));
    CHECK(points.contains("/data/config"));
    CHECK(beyond(points, lines("/\n/data/config\n/data/session\n/data/state\n/tmp\n/etc/hostname\n"
                               "/etc/hosts\n/etc/resolv.conf\n/sbin/docker-init\n/run/podman-init\n"
                               "/run/.containerenv\n/run/secrets\n/dev/shm\n/etc/mtab")) == "");
    // The one path of the host: by what the engine itself says.
    const auto inspection =
        parsed(engine.curl("GET", "/containers/" + runtime_of("rt-one") + "/json").body);
    std::string bound;
    for (const auto& mount : inspection["Mounts"].GetArray()) {
        if (std::string(mount["Type"].GetString()) == "bind")
            bound += std::string(mount["Source"].GetString()) + '\n';
    }
    CHECK(bound == runner.tenant_root() + "/rt-one/config\n");
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(HardenedNode,
                  "/tmp takes no program, and RUNTIME_READ_ONLY keeps the root as it is") {
    begin();
    const auto options = "," + in("awk '$2 == \"/tmp\"{print $4}' /proc/1/mounts") + ",";
    CAPTURE(options);
    for (const char* option : {",noexec,", ",nosuid,", ",nodev,"})
        CHECK(contains(options, option));
    CHECK(in("cp /bin/busybox /tmp/busybox && /tmp/busybox true 2>/dev/null || echo refused") ==
          "refused");
    const std::string look =
        "touch /etc/x /srv/x 2>/dev/null && echo root; "
        "touch /tmp/x /data/state/x /data/session/x /data/config/x && echo own";
    CHECK(in(look) == "root\nown");
    CHECK(runner.stop() == 0);
    runner.env()["RUNTIME_READ_ONLY"] = "true";
    runner.start();
    REQUIRE(at(runner.job({"restart", "rt-one"}), "/detail") == "restarted");
    CHECK(in(look) == "own");
    CHECK(in("awk '$2 == \"/\"{print $4}' /proc/1/mounts | cut -d, -f1") == "ro");
    CHECK(runner.stop() == 0);
}

}  // namespace nexus::test
