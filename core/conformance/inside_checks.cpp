// What a program sees inside of its container.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "conformance/bench.hpp"

namespace nexus::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

void expect_line(const std::string& text, const std::string& line) {
    expect(("\n" + text).find("\n" + line + "\n") != std::string::npos,
           "inside the container there is no line \"" + line + "\" in: " + text);
}

std::string inside(Bench& bench, const std::string& script) {
    bench.need_programs();
    return bench.inside(bench.spec("runtime", ""), script);
}

void has_no_privileges(Bench& bench) {
    const auto status = inside(
        bench,
        "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/1/status");
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
        expect_line(status, std::string(set) + ":\t0000000000000000");
    expect_line(status, "NoNewPrivs:\t1");
    expect_line(status, "Seccomp:\t2");
}

void has_only_added_capabilities(Bench& bench) {
    bench.need_programs();
    auto spec = bench.spec("runtime", "");
    spec.add_capabilities = {"NET_BIND_SERVICE"};
    const auto status = bench.inside(spec, "grep -E '^(CapBnd|NoNewPrivs):' /proc/1/status");
    expect_line(status, "CapBnd:\t0000000000000400");
    expect_line(status, "NoNewPrivs:\t1");
}

void has_its_limits(Bench& bench) {
    const auto seen = inside(bench, R"(
ulimit -n
cd /sys/fs/cgroup
echo $(cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes)
echo $(cat cpu.max 2>/dev/null || cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us)
echo $(cat pids.max 2>/dev/null || cat pids/pids.max))");
    expect_line(seen, "512");
    expect_line(seen, "67108864");
    expect_line(seen, "64");
    expect_line(seen, "50000 100000");
}

void root_can_be_read_only(Bench& bench) {
    bench.need_programs();
    auto spec = bench.spec("runtime", "");
    spec.read_only_root = true;
    const auto seen = bench.inside(
        spec, "touch /x 2>&1 || echo refused; touch /tmp/x /data/state/x && echo taken");
    expect_line(seen, "refused");
    expect_line(seen, "taken");
}

void tmpfs_is_harmless(Bench& bench) {
    const auto mount = inside(bench, "grep ' /tmp ' /proc/mounts");
    for (const char* option : {"tmpfs", "nosuid", "nodev", "noexec"}) {
        expect(mount.find(option) != std::string::npos,
               std::string("/tmp is not ") + option + ": " + mount);
    }
}

void environment_is_exact(Bench& bench) {
    bench.need_programs();
    auto spec = bench.spec("runtime", "");
    spec.env["ODD"] = "a \"b\" 'c' $HOME\n=\t\\d {e}";
    const auto seen = bench.inside(spec, "printf '<%s>\\n' \"$ODD\"");
    expect(seen.find("<" + spec.env["ODD"] + ">") != std::string::npos,
           "the variable arrives as " + seen);
}

void mounts_are_as_told(Bench& bench) {
    bench.need_programs();
    auto spec = bench.spec("runtime", "");
    const auto folder = std::filesystem::temp_directory_path() / bench.name("bind");
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "greeting") << "hello\n";
    spec.binds = {{folder.string(), "/given", true}};
    std::string seen;
    try {
        seen =
            bench.inside(spec, "cat /given/greeting; touch /given/x 2>/dev/null || echo refused");
    } catch (...) {
        std::filesystem::remove_all(folder);
        throw;
    }
    std::filesystem::remove_all(folder);
    expect_line(seen, "hello");
    expect_line(seen, "refused");
}

void host_is_out_of_sight(Bench& bench) {
    const auto seen = inside(bench, R"(
for d in /dev/mem /dev/kmsg /dev/sda /dev/vda /dev/kvm /dev/fuse; do [ ! -e $d ] || echo "device $d"; done
[ -S /var/run/docker.sock ] || [ -S /run/podman/podman.sock ] || echo "no socket"
set -- /proc/[0-9]*; [ $# -lt 20 ] && echo "own processes")");
    expect(seen.find("device ") == std::string::npos, "the container has a host device: " + seen);
    expect_line(seen, "no socket");
    expect_line(seen, "own processes");
}

void data_outlives_the_container(Bench& bench) {
    bench.need_programs();
    const auto spec = bench.spec("runtime", "");
    bench.inside(spec, "echo kept >/data/state/file");
    bench.backend().remove(bench.ctx(), spec.name);
    expect_line(bench.inside(spec, "cat /data/state/file"), "kept");
}

void exit_code_is_told(Bench& bench) {
    bench.need_programs();
    const auto spec = bench.running("runtime", obedient(7));
    bench.backend().stop(bench.ctx(), spec.name, seconds(20));
    const auto state = bench.state(spec.name);
    expect(state.exit_code == 7,
           "a program that ended with 7 has the exit code " + std::to_string(state.exit_code));
    expect(!state.oom_killed, "a program that ended by itself is said to be out of memory");
}

void stop_is_polite(Bench& bench) {
    bench.need_programs();
    const auto spec =
        bench.running("runtime",
                      "trap 'sleep 1; echo done >/data/state/file; exit 0' TERM; echo ready; "
                      "while :; do sleep 1000 & wait $!; done");
    const auto begin = steady_clock::now();
    bench.backend().stop(bench.ctx(), spec.name, seconds(20));
    expect(steady_clock::now() - begin < seconds(10), "stop waits after the program has ended");
    expect(bench.state(spec.name).exit_code == 0, "the program was not given its time to end");
}

void stop_kills_after_the_grace(Bench& bench) {
    bench.need_programs();
    const auto spec =
        bench.running("runtime", "trap '' TERM; echo ready; while :; do sleep 1; done");
    const auto begin = steady_clock::now();
    bench.backend().stop(bench.ctx(), spec.name, seconds(1));
    const auto took = steady_clock::now() - begin;
    expect(took >= milliseconds(900), "stop kills before the grace is over");
    expect(took < seconds(10), "stop of a program that ignores the signal takes more than 10 s");
    const auto state = bench.state(spec.name);
    expect(state.phase == Phase::exited && state.exit_code == 137,
           "a killed program is " + std::string(to_string(state.phase)) + " with the exit code " +
               std::to_string(state.exit_code) + " instead of exited with 137");
}

void stopped_stays_stopped(Bench& bench) {
    bench.need_programs();
    const auto spec = bench.running("runtime", obedient(1));
    bench.backend().stop(bench.ctx(), spec.name, seconds(20));
    const auto end = steady_clock::now() + seconds(2);
    while (steady_clock::now() < end) {
        expect(bench.state(spec.name).phase == Phase::exited,
               "a stopped container is started by its restart policy");
    }
}

// Whether an engine starts it again is the engine's affair; the runner sees to it where it does
// not.
void failed_program_is_told(Bench& bench) {
    bench.need_programs();
    const auto spec = bench.spec("runtime", "sleep 0.2; exit 3");
    bench.create(spec);
    bench.backend().start(bench.ctx(), spec.name);
    bench.wait_until("a program that failed is started again, or has exited with its code", [&] {
        const auto state = bench.state(spec.name);
        return state.restarts > 0 || (state.phase == Phase::exited && state.exit_code == 3);
    });
}

void memory_is_limited(Bench& bench) {
    bench.need_programs();
    auto spec = bench.spec("runtime", "sleep 0.5; tail /dev/zero; echo survived $?; sleep 1000");
    spec.memory_bytes = 16 << 20;
    bench.create(spec);
    bench.backend().start(bench.ctx(), spec.name);
    bench.wait_until("a program that takes more memory than it may is killed", [&] {
        const auto state = bench.state(spec.name);
        return state.oom_killed || state.restarts > 0 ||
               bench.logs(spec.name).find("survived 137") != std::string::npos;
    });
}

// A shell ends where it cannot fork, so one of its own tries, and the last command takes the place
// of the shell.
void processes_are_limited(Bench& bench) {
    bench.need_programs();
    auto spec = bench.spec("runtime",
                           "(i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); done; "
                           "echo all started) 2>/dev/null; echo ready; exec sleep 1000");
    spec.pids = 16;
    bench.create(spec);
    bench.backend().start(bench.ctx(), spec.name);
    bench.wait_until("the container's program has tried to start processes",
                     [&] { return bench.logs(spec.name).find("ready") != std::string::npos; });
    expect(bench.logs(spec.name).find("all started") == std::string::npos,
           "40 processes run where 16 may");
}

}  // namespace

std::vector<Check> inside_checks() {
    return {
        {"inside-privileges", "no capability, no new privileges, a seccomp filter",
         has_no_privileges},
        {"inside-capability", "an added capability is the only one", has_only_added_capabilities},
        {"inside-limits", "memory, processor, processes and open files are limited as told",
         has_its_limits},
        {"inside-memory", "more memory than the limit ends the program", memory_is_limited},
        {"inside-processes", "more processes than the limit cannot be started",
         processes_are_limited},
        {"inside-root", "the root file system can be read-only", root_can_be_read_only},
        {"inside-tmpfs", "a tmpfs is noexec, nosuid and nodev", tmpfs_is_harmless},
        {"inside-environment", "a variable arrives byte for byte", environment_is_exact},
        {"inside-mounts", "a bind mount is there, and read-only where told", mounts_are_as_told},
        {"inside-host", "no device, socket or process of the host is seen", host_is_out_of_sight},
        {"volume-data", "a volume's data outlives its container", data_outlives_the_container},
        {"exit-code", "the exit code is the program's own", exit_code_is_told},
        {"stop-polite", "stop gives the program its time to end", stop_is_polite},
        {"stop-kill", "stop kills after the grace", stop_kills_after_the_grace},
        {"stop-stays", "a stopped container stays stopped", stopped_stays_stopped},
        {"program-failed", "a program that fails is started again, or seen to have exited",
         failed_program_is_told},
    };
}

}  // namespace nexus::conformance
