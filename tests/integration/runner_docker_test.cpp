// The runner as a whole on a real Redis and a real Docker Engine.
#include <doctest/doctest.h>

#include "runner.hpp"
#include "support/docker_engine.hpp"
#include "support/registry.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

struct Worker {
    DockerEngine& engine = DockerEngine::get();
    RedisServer redis;
    Runner runner{redis,
                  {{"BACKEND", "docker"},
                   {"BACKEND_ENDPOINT", engine.endpoint()},
                   {"NEXUS_IMAGE", engine.image()},
                   {"STOP_TIMEOUT", "2s"}}};

    Worker() { engine.remove_tenant("rt-acme"); }
    ~Worker() { engine.remove_tenant("rt-acme"); }

    json::Document inspect() const {
        json::Document document;
        document.Parse(engine.curl("GET", "/containers/tenant_rt-acme_runtime/json").body.c_str());
        return document;
    }
    std::string inside(const std::string& script) const {
        return engine.exec("tenant_rt-acme_runtime", {"sh", "-c", script}).out;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Worker, "six verbs, seen from the engine's side and from inside the container") {
    runner.start();
    TempDir folder;
    write_file(folder / "payload",
               R"({"runtime_env":{"GREETING":"hello"},"bridge_shared_secret":"hush-hush",
        "prompts":[{"name":"system","content":"be kind"}],"skills":[{"skill_id":"greet","content":"# Greet"}],
        "limits":{"cpus":0.5,"memory_bytes":67108864,"pids":64}})");
    CHECK(at(runner.job({"provision", "rt-acme", "--payload", folder / "payload"}), "/detail") ==
          "provisioned");

    auto seen = inspect();
    CHECK(at(seen, "/State/Status") == "running");
    CHECK(at(seen, "/Config/Labels/io.nexus.tenant") == "rt-acme");
    CHECK(at(seen, "/Config/Labels/io.nexus.node") == "n1");
    CHECK(at(seen, "/NetworkSettings/Networks/tenant_rt-acme_net/NetworkID") != "(none)");
    CHECK(at(seen, "/HostConfig/Memory") == "67108864");
    CHECK(at(seen, "/HostConfig/MemorySwap") == "67108864");
    CHECK(at(seen, "/HostConfig/NanoCpus") == "500000000");
    CHECK(at(seen, "/HostConfig/PidsLimit") == "64");
    CHECK(at(seen, "/HostConfig/Privileged") == "false");
    CHECK(at(seen, "/HostConfig/PortBindings") != "(none)");
    CHECK(engine.curl("GET", "/volumes/tenant_rt-acme_session").status == 200);
    CHECK(engine.curl("GET", "/volumes/tenant_rt-acme_state").status == 200);

    const auto status = inside("grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/1/status");
    CAPTURE(status);
    CHECK(status.find("CapEff:\t0000000000000000") != std::string::npos);
    CHECK(status.find("CapBnd:\t0000000000000000") != std::string::npos);
    CHECK(status.find("NoNewPrivs:\t1") != std::string::npos);
    CHECK(status.find("Seccomp:\t2") != std::string::npos);
    CHECK(inside("cat /data/config/prompts/system.md /data/config/skills/greet/SKILL.md") ==
          "be kind# Greet");
    CHECK(inside("echo $GREETING $BRIDGE_SHARED_SECRET $NEXUS_DATA_DIR $BRIDGE_PORT") ==
          "hello hush-hush /data/state 8765\n");
    CHECK(inside("grep -c ' /tmp tmpfs .*noexec' /proc/mounts") == "1\n");
    CHECK(inside("touch /data/config/x /data/state/x /data/session/x && echo writable") ==
          "writable\n");

    const auto health = runner.job({"health", "rt-acme"});
    CHECK(at(health, "/data/runtime/state") == "running");
    CHECK(at(health, "/data/volumes/session/name") == "tenant_rt-acme_session");

    const auto first = at(seen, "/Id");
    CHECK(at(runner.job({"stop", "rt-acme"}), "/detail") == "stopped");
    CHECK(at(inspect(), "/State/Status") == "exited");
    CHECK(at(runner.job({"stop", "rt-acme"}), "/detail") == "stopped");
    CHECK(at(runner.job({"start", "rt-acme"}), "/detail") == "started");
    CHECK(at(runner.job({"start", "rt-acme"}), "/detail") == "started");
    const auto before = at(inspect(), "/State/StartedAt");
    CHECK(at(runner.job({"restart", "rt-acme"}), "/detail") == "restarted");
    CHECK(at(inspect(), "/State/StartedAt") != before);
    CHECK(at(inspect(), "/Id") == first);
    CHECK(inside("cat /data/session/x && echo kept") == "kept\n");

    CHECK(at(runner.job({"stop", "rt-acme"}), "/detail") == "stopped");
    CHECK(engine.curl("DELETE", "/networks/tenant_rt-acme_net").status == 204);
    CHECK(at(runner.job({"start", "rt-acme"}), "/detail") == "started");
    CHECK(inside("cat /data/session/x && echo kept") == "kept\n");

    CHECK(at(runner.job({"delete", "rt-acme"}), "/detail") == "deleted");
    CHECK(engine.curl("GET", "/containers/tenant_rt-acme_runtime/json").status == 404);
    CHECK(engine.curl("GET", "/volumes/tenant_rt-acme_session").status == 404);
    CHECK(engine.curl("GET", "/networks/tenant_rt-acme_net").status == 404);
    CHECK(at(runner.job({"delete", "rt-acme"}), "/detail") == "deleted");
    CHECK(runner.log().find("hush-hush") == std::string::npos);
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(
    Worker, "an image is pulled with the credentials of REGISTRY_AUTH_FILE, and refused without") {
    Registry registry("puller", "pull-secret");
    const auto reference = registry.push(engine.image());
    runner.env()["REGISTRY_AUTH_FILE"] = registry.auth_file("puller", "wrong");
    runner.start();
    const auto refused = runner.job({"provision", "rt-acme", "--image", reference});
    CHECK(at(refused, "/error/code") == "image_unavailable");
    CHECK(runner.stop() == 0);
    runner.env()["REGISTRY_AUTH_FILE"] = registry.auth_file("puller", "pull-secret");
    runner.start();
    const auto result = runner.job({"provision", "rt-acme", "--image", reference});
    CAPTURE(runner.log());
    CHECK(at(result, "/detail") == "provisioned");
    CHECK(runner.log().find("pull-secret") == std::string::npos);
    runner.job({"delete", "rt-acme"});
    engine.curl("DELETE", "/images/" + reference);
}
