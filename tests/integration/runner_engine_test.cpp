// The runner as a whole on a real Redis and a real engine.
#include <doctest/doctest.h>

#include <csignal>

#include "integration/engine_traits.hpp"
#include "integration/engine_worker.hpp"
#include "support/registry.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

TEST_CASE_FIXTURE(EngineWorker,
                  "six verbs, seen from the engine's side and from inside the container") {
    runner.start();
    const auto log = runner.log();
    CAPTURE(log);
    REQUIRE(contains(log, "speaking API"));  // what a plugin says when it is configured
    CHECK(log.find("speaking API") == log.rfind("speaking API"));
    TempDir folder;
    write_file(folder / "payload",
               R"({"runtime_env":{"GREETING":"hello"},"bridge_shared_secret":"hush-hush",
        "prompts":[{"name":"system","content":"be kind"}],"skills":[{"skill_id":"greet","content":"# Greet"}],
        "limits":{"cpus":0.5,"memory_bytes":67108864,"pids":64}})");
    CHECK(at(runner.job({"provision", "rt-acme", "--payload", folder / "payload"}), "/detail") ==
          "provisioned");

    const auto seen = facts();
    CHECK(seen.status == "running");
    CHECK(seen.labels.at("io.nexus.tenant") == "rt-acme");
    CHECK(seen.labels.at("io.nexus.node") == "n1");
    CHECK(seen.networks == std::set<std::string>{"tenant_rt-acme_net"});
    CHECK(seen.memory == 67108864);
    CHECK(seen.memory_and_swap == 67108864);
    CHECK(seen.nano_cpus == 500000000);
    CHECK(seen.pids == 64);
    CHECK_FALSE(seen.privileged);
    CHECK(seen.published_ports == 0);
    CHECK(seen.volumes ==
          std::map<std::string, std::string>{{"/data/session", "tenant_rt-acme_session"},
                                             {"/data/state", "tenant_rt-acme_state"}});

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

    CHECK(at(runner.job({"stop", "rt-acme"}), "/detail") == "stopped");
    CHECK(facts().status == "exited");
    CHECK(at(runner.job({"stop", "rt-acme"}), "/detail") == "stopped");
    CHECK(at(runner.job({"start", "rt-acme"}), "/detail") == "started");
    CHECK(at(runner.job({"start", "rt-acme"}), "/detail") == "started");
    const auto before = facts().started_at;
    CHECK(at(runner.job({"restart", "rt-acme"}), "/detail") == "restarted");
    CHECK(facts().started_at != before);
    CHECK(facts().id == seen.id);
    CHECK(inside("cat /data/session/x && echo kept") == "kept\n");

    CHECK(at(runner.job({"stop", "rt-acme"}), "/detail") == "stopped");
    const auto removed = engine.curl("DELETE", "/networks/tenant_rt-acme_net");
    CHECK((removed.status >= 400) == traits_of(engine.kind()).stopped_holds_network);
    CHECK(at(runner.job({"start", "rt-acme"}), "/detail") == "started");
    CHECK(inside("cat /data/session/x && echo kept") == "kept\n");

    CHECK(at(runner.job({"delete", "rt-acme"}), "/detail") == "deleted");
    CHECK_FALSE(engine.has_container("tenant_rt-acme_runtime"));
    CHECK_FALSE(engine.has_volume("tenant_rt-acme_session"));
    CHECK_FALSE(engine.has_network("tenant_rt-acme_net"));
    CHECK(at(runner.job({"delete", "rt-acme"}), "/detail") == "deleted");
    CHECK(runner.log().find("hush-hush") == std::string::npos);
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(
    EngineWorker,
    "an image is pulled with the credentials of REGISTRY_AUTH_FILE, and refused without") {
    Registry registry(engine, "puller", "pull-secret");
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

TEST_CASE("a provision whose engine is killed in the middle of the pull ends well") {
    const ContainerEngine engine(ContainerEngine::under_test().kind());
    RedisServer redis;
    Registry registry(engine);
    const auto image = registry.push(engine.image());
    Runner runner{redis,
                  {{"BACKEND", engine.kind()},
                   {"BACKEND_ENDPOINT", engine.endpoint()},
                   {"NEXUS_IMAGE", image},
                   {"STOP_TIMEOUT", "2s"}}};
    runner.start();
    registry.signal(SIGSTOP);
    // As many attempts as an engine may take to come back on a busy machine.
    redis.cli({"XADD", "nexus:jobs", "*", "job",
               R"({"id":"pulled","action":"provision","tenant_id":"rt-acme","payload":{},)"
               R"("max_attempts":20,"reply_to":"nexus:reply:pulled"})"});
    wait_until([&] { return contains(runner.log(), "pulling image"); }, seconds(30), "it pulls");
    engine.kill_service();
    wait_until(
        [&] {
            return redis.cli({"HGET", "nexus:job:pulled", "state"}) == "retrying";
        },
        seconds(30), "the job waits for its next attempt");
    wait_until([&] { return runner.http("/readyz").status == 503; }, seconds(30),
               "/readyz says that the engine is away");
    CHECK(contains(runner.http("/readyz").body, "backend"));
    CHECK(runner.http("/healthz").status == 200);
    registry.signal(SIGCONT);
    engine.restart_service();
    const auto reply = redis.cli({"BLPOP", "nexus:reply:pulled", "90"});
    CAPTURE(reply);
    CHECK(contains(reply, R"("detail":"provisioned")"));
    CHECK(engine.facts("tenant_rt-acme_runtime").status == "running");
    wait_until([&] { return runner.http("/readyz").status == 200; }, seconds(30),
               "/readyz says that all is well again");
    CHECK(runner.stop() == 0);
}
