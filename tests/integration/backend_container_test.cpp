// Containers of a plugin on a real engine.
#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "integration/backend_fixture.hpp"
#include "support/backend_call.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

TEST_CASE("the engine says what it is") {
    BackendFixture f;
    const Info info = f.backend->info(f.ctx());
    CHECK(info.engine == f.engine.kind());
    CHECK_FALSE(info.engine_version.empty());
    CHECK_FALSE(info.api_version.empty());
    CHECK(info.cpus > 0);
    CHECK(info.memory_bytes > 0);
    CHECK(f.host.text().find("speaking API " + info.api_version) != std::string::npos);
}

TEST_CASE("a container lives from creation to removal, and its volume outlives it") {
    BackendFixture f;
    const ContainerSpec spec = f.running("life");
    const ContainerState state = f.now(spec.name);
    CHECK(state.phase == Phase::running);
    CHECK(state.image == spec.image);
    CHECK(state.labels.at("io.nexus.test") == f.name(""));
    CHECK(state.health == Health::none);
    CHECK_FALSE(state.started_at.empty());
    CHECK_NOTHROW(f.backend->start(f.ctx(), spec.name));
    CHECK(f.backend->ensure_container(f.ctx(), spec).id == state.id);

    f.backend->stop(f.ctx(), spec.name, seconds(10));
    const ContainerState stopped = f.now(spec.name);
    CHECK(stopped.phase == Phase::exited);
    CHECK(stopped.exit_code == 0);
    CHECK_FALSE(stopped.finished_at.empty());
    CHECK_NOTHROW(f.backend->stop(f.ctx(), spec.name, seconds(10)));
    CHECK(f.logs(spec.name).find("runtime stops") != std::string::npos);

    f.backend->remove(f.ctx(), spec.name);
    CHECK_FALSE(f.backend->inspect(f.ctx(), spec.name));
    CHECK_NOTHROW(f.backend->remove(f.ctx(), spec.name));
    CHECK(f.backend->inspect_volume(f.ctx(), f.name("state")));

    f.running("life");
    const auto starts = f.engine.exec(spec.name, {"wc", "-l", "/data/state/starts"});
    CHECK(starts.out.starts_with("2 "));
    f.backend->remove(f.ctx(), spec.name);
}

TEST_CASE("the limits and the hardening are seen from inside the container") {
    BackendFixture f;
    ContainerSpec spec = f.spec("hard");
    spec.read_only_root = true;
    spec.add_capabilities = {"NET_BIND_SERVICE"};
    spec.env = {{"BRIDGE_PORT", "8765"}, {"ODD", "a \"b\"\n=c"}};
    f.backend->ensure_container(f.ctx(), spec);
    f.backend->start(f.ctx(), spec.name);
    const auto inside = [&](const std::string& script) {
        const auto done = f.engine.exec(spec.name, {"sh", "-c", script});
        return done.out + done.err;
    };
    CHECK(inside("grep -E 'Cap(Eff|Bnd)|NoNewPrivs|Seccomp:' /proc/1/status") ==
          "CapEff:\t0000000000000400\nCapBnd:\t0000000000000400\nNoNewPrivs:\t1\nSeccomp:\t2\n");
    CHECK(inside("touch /x").find("Read-only file system") != std::string::npos);
    CHECK(inside("ulimit -n") == "512\n");
    CHECK(inside("printf '%s\\n' \"$ODD\"") == "a \"b\"\n=c\n");
    const std::string tmp = inside("grep ' /tmp ' /proc/mounts");
    for (const char* option : {"tmpfs", "nosuid", "nodev", "noexec"})
        CHECK(tmp.find(option) != std::string::npos);
    CHECK(inside("ps").find(f.traits.init) != std::string::npos);
    const EngineFacts facts = f.engine.facts(spec.name);
    CHECK(facts.memory == 67108864);
    CHECK(facts.memory_and_swap == 67108864);
    CHECK(facts.nano_cpus == 500'000'000);
    CHECK(facts.pids == 64);
    CHECK(facts.read_only_root);
    CHECK_FALSE(facts.privileged);
    CHECK(facts.published_ports == 0);
    CHECK(facts.restart_policy == f.traits.restart_policy);
    CHECK(facts.stop_timeout == 10);
    CHECK(facts.networks == std::set{spec.network});
    CHECK(facts.volumes == std::map<std::string, std::string>{{"/data/state", f.name("state")}});
    // One file of the whole size, or several that share it.
    CHECK(static_cast<double>(facts.log_max_bytes) ==
          doctest::Approx(static_cast<double>(f.traits.one_log_file ? 2 << 20 : 1 << 20))
              .epsilon(0.01));
}

TEST_CASE("a container that ignores the stop signal is killed after its grace") {
    BackendFixture f;
    const std::string image =
        f.engine.image("nexus-test-deaf:1.0.0", {R"(CMD ["sh","-c","trap '' TERM; echo runtime )"
                                                 R"(ready; while :; do sleep 1; done"])"});
    const ContainerSpec spec = f.running("deaf", image);
    const auto begin = steady_clock::now();
    f.backend->stop(f.ctx(), spec.name, seconds(1));
    CHECK(steady_clock::now() - begin >= milliseconds(900));
    CHECK(f.now(spec.name).exit_code == 137);
    CHECK_FALSE(f.now(spec.name).oom_killed);

    SUBCASE("a deadline in the middle of the stop ends the call") {
        f.backend->start(f.ctx(), spec.name);
        const auto start = steady_clock::now();
        const auto error = error_of([&] {
            f.backend->stop(BackendFixture::within(milliseconds(200)), spec.name, seconds(20));
        });
        CHECK(error.code() == Code::timeout);
        CHECK(steady_clock::now() - start < soon);
    }
    SUBCASE("a cancellation in the middle of the stop ends the call") {
        f.backend->start(f.ctx(), spec.name);
        const int cancel = ::eventfd(0, EFD_CLOEXEC);
        auto ctx = f.ctx();
        ctx.cancel_fd = cancel;
        std::jthread canceller([&] { ::eventfd_write(cancel, 1); });
        const auto start = steady_clock::now();
        const auto error = error_of([&] { f.backend->stop(ctx, spec.name, seconds(20)); });
        CHECK(error.code() == Code::cancelled);
        CHECK(steady_clock::now() - start < soon);
        canceller.join();
        ::close(cancel);
    }
    f.backend->remove(f.ctx(), spec.name);
}

TEST_CASE("a container that runs out of memory is seen to") {
    BackendFixture f;
    const std::string image = f.engine.image("nexus-test-greedy:1.0.0",
                                             {R"(CMD ["sh","-c","sleep 1; exec tail /dev/zero"])"});
    ContainerSpec spec = f.spec("greedy", image);
    spec.memory_bytes = 16 << 20;
    f.backend->ensure_container(f.ctx(), spec);
    f.backend->start(f.ctx(), spec.name);
    ContainerState last;
    wait_until(
        [&] {
            last = f.now(spec.name);
            // Started again by the engine, or left to the runner.
            return f.traits.reports_out_of_memory ? last.restarts > 0 && last.oom_killed
                                                  : last.exit_code == 137;
        },
        seconds(60), "the kill is reported");
    f.backend->remove(f.ctx(), spec.name);
}

TEST_CASE("a health check is reported") {
    BackendFixture f;
    const std::string image =
        f.engine.image("nexus-test-healthy:1.0.0", {"HEALTHCHECK --interval=1s CMD true"});
    const ContainerSpec spec = f.running("health", image);
    wait_until([&] { return f.now(spec.name).health == Health::healthy; }, seconds(30),
               "the container is healthy");
    const auto listed = f.backend->list(f.ctx(), f.labels());
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].health == Health::healthy);
    f.backend->stop(f.ctx(), spec.name, seconds(5));
    CHECK(f.now(spec.name).health == Health::none);
}

TEST_CASE("a listing has whole matches of all labels and nothing else") {
    BackendFixture f;
    ContainerSpec spec = f.spec("a");
    const auto make = [&](const std::string& name, const std::string& tenant) {
        spec.name = f.name(name);
        spec.labels = f.labels();
        spec.labels["tenant"] = tenant;
        f.backend->ensure_container(f.ctx(), spec);
    };
    make("one", "a");
    make("two", "a_b");
    make("three", "");
    const auto names = [&](const std::string& tenant) {
        Labels wanted = f.labels();
        wanted["tenant"] = tenant;
        std::set<std::string> found;
        for (const auto& state : f.backend->list(f.ctx(), wanted)) {
            CHECK(state.phase == Phase::created);
            found.insert(state.name);
        }
        return found;
    };
    CHECK(names("a") == std::set{f.name("one")});
    CHECK(names("a_b") == std::set{f.name("two")});
    CHECK(names("A").empty());
    CHECK(names("") == std::set{f.name("one"), f.name("two"), f.name("three")});
}

TEST_CASE("what is missing or cannot be is said to be") {
    BackendFixture f;
    const std::string ghost = f.name("ghost");
    CHECK_FALSE(f.backend->inspect(f.ctx(), ghost));
    CHECK(error_of([&] { f.backend->start(f.ctx(), ghost); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend->stop(f.ctx(), ghost, seconds(1)); }).code() == Code::not_found);
    CHECK(error_of([&] { f.logs(ghost); }).code() == Code::not_found);
    ContainerSpec spec = f.spec("odd");
    spec.image = "nexus-no-such-image:1";
    CHECK(error_of([&] { f.backend->ensure_container(f.ctx(), spec); }).code() == Code::not_found);
    spec.image = f.engine.image();
    spec.network = ghost;
    CHECK(error_of([&] { f.backend->ensure_container(f.ctx(), spec); }).code() == Code::not_found);
    for (const char* network : {"host", "none"}) {
        spec.network = network;
        const auto code = error_of([&] { f.backend->ensure_container(f.ctx(), spec); }).code();
        // Special names, or just those of networks that are not there.
        const bool refused = code == Code::invalid || code == Code::not_found;
        CHECK(refused);
    }
    spec.network = f.name("net");
    spec.binds = {{"/no/such/folder", "/data/config", false}};
    const auto no_source = error_of([&] { f.backend->ensure_container(f.ctx(), spec); });
    CHECK(no_source.code() == Code::invalid);
    CHECK(std::string(no_source.what()).find("/no/such/folder") != std::string::npos);
    CHECK_FALSE(f.backend->inspect(f.ctx(), spec.name));
    spec.binds.clear();
    spec.image = f.engine.image("nexus-test-broken:1.0.0", {R"(CMD ["/no/such/program"])"});
    f.backend->ensure_container(f.ctx(), spec);
    // With an init, it is the init that finds the program missing, after a good start.
    f.backend->start(f.ctx(), spec.name);
    wait_until([&] { return f.now(spec.name).exit_code == f.traits.missing_program_exit; },
               seconds(30), "the missing program is reported");
    f.backend->remove(f.ctx(), spec.name);
}

TEST_CASE("the beginning of a container's id does nothing to it") {
    BackendFixture f;
    const ContainerSpec spec = f.running("bystander");
    const std::string id = f.now(spec.name).id;
    for (const std::size_t length : {4UL, 12UL, 64UL}) {
        const std::string prefix = id.substr(0, length);
        CHECK_FALSE(f.backend->inspect(f.ctx(), prefix));
        CHECK_NOTHROW(f.backend->remove(f.ctx(), prefix));
        CHECK(error_of([&] { f.backend->stop(f.ctx(), prefix, seconds(0)); }).code() ==
              Code::not_found);
    }
    CHECK(f.now(spec.name).phase == Phase::running);
}

TEST_CASE("many threads that ensure one container get the same one") {
    BackendFixture f;
    const ContainerSpec spec = f.spec("shared");
    const auto ids = results_of(16, [&] { return f.backend->ensure_container(f.ctx(), spec).id; });
    CHECK(ids.size() == 1);
}

TEST_CASE("the last lines of the logs come oldest first") {
    BackendFixture f;
    const std::string image = f.engine.image(
        "nexus-test-talker:1.0.0",
        {R"(CMD ["sh","-c","for i in $(seq 5000); do echo line $i; done; echo runtime ready; )"
         R"(exec sleep 1000"])"});
    const ContainerSpec spec = f.running("talker", image);
    CHECK(f.logs(spec.name, 3) == "line 4999\nline 5000\nruntime ready\n");
    const std::string all = f.logs(spec.name, 100'000);
    CHECK(std::count(all.begin(), all.end(), '\n') == 5001);
    CHECK(f.logs(spec.name, 0).empty());
    f.backend->remove(f.ctx(), spec.name);
}

TEST_CASE("two plugins that come and go leave no descriptor behind") {
    const auto descriptors = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
    };
    { const BackendFixture warm; }
    const auto before = descriptors();
    for (int i = 0; i < 20; ++i) {
        BackendFixture f;
        f.backend->info(f.ctx());
    }
    CHECK(descriptors() == before);
}

}  // namespace
}  // namespace nexus::test
