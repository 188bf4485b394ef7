// The servers that every other integration test stands on.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <csignal>

#include "support/container_engine.hpp"
#include "support/process.hpp"
#include "support/redis_server.hpp"
#include "support/registry.hpp"
#include "support/tcp_proxy.hpp"
#include "support/wait_until.hpp"

using namespace nexus::test;
using namespace std::chrono_literals;

TEST_CASE("a finished process leaves its exit code and both of its outputs") {
    const auto done =
        run({.argv = {"sh", "-c", "echo $A; echo err >&2; exit 3"}, .env = {{"A", "x"}}});
    CHECK(done.code == 3);
    CHECK(done.out == "x\n");
    CHECK(done.err == "err\n");
    CHECK(run({.argv = {"/no/such/program"}}).code == 127);
}

TEST_CASE("a process that ignores TERM is killed, and its children with it") {
    Process process({.argv = {"sh", "-c", "trap '' TERM; sleep 1000 & echo $!; wait; wait"}});
    wait_until([&] { return process.out().ends_with('\n'); }, 30s, "the shell says its child");
    const auto child = std::stoi(process.out());
    CHECK(process.stop(100ms) == 128 + SIGKILL);
    wait_until(
        [&] {
            return ::kill(child, 0) != 0 ||
                   read_file("/proc/" + std::to_string(child) + "/stat").find(") Z") !=
                       std::string::npos;
        },
        5s, "the child ends");
}

TEST_CASE("a Redis with a password refuses others and keeps its data over a restart") {
    RedisServer redis(
        {.password = "secret", .users = {"bob on >pw ~* &* +@all"}, .appendonly = true});
    CHECK(redis.url() == "redis://default:secret@127.0.0.1:" + std::to_string(redis.port()) + "/0");
    CHECK(redis.cli({"SET", "a", "1"}) == "OK");
    redis.restart();
    CHECK(redis.cli({"GET", "a"}) == "1");
    CHECK(redis.cli({"-u", redis.url("bob", "pw"), "ACL", "WHOAMI"}).find("bob") !=
          std::string::npos);
    auto stranger = redis.cli_command({"GET", "a"});
    stranger.env.clear();
    CHECK(run(stranger).out.find("NOAUTH") != std::string::npos);
}

TEST_CASE("a Redis answers on a unix socket") {
    RedisServer redis({.unix_socket = true});
    CHECK(redis.cli({"PING"}) == "PONG");
}

TEST_CASE("a Redis with TLS can ask for a client certificate") {
    RedisServer redis({.tls = true, .client_certificate = true});
    CHECK(redis.cli({"PING"}) == "PONG");
    const auto port = std::to_string(redis.port());
    const auto without = run({.argv = {"redis-cli", "--tls", "--cacert", redis.certificates().ca(),
                                       "-h", "127.0.0.1", "-p", port, "PING"}});
    CHECK(without.out != "PONG\n");
}

TEST_CASE(
    "the image of the tests runs on an engine and is pulled from a registry with a password") {
    for (const char* kind : {"docker", "podman"}) {
        CAPTURE(kind);
        auto& engine = ContainerEngine::get(kind);
        engine.remove_tenant("probe");
        const Registry registry(engine, "user", "secret");
        const auto reference = registry.push(engine.image());
        CHECK(engine.curl("GET", "/images/" + reference + "/json").status == 404);
        const auto pulled = engine.curl(
            "POST", "/images/create?fromImage=" + registry.address() + "/app&tag=1.0.0");
        CAPTURE(pulled.body);
        const bool refused = pulled.body.find("no basic auth credentials") != std::string::npos ||
                             pulled.body.find("unauthorized") != std::string::npos;
        CHECK(refused);

        const std::string name = "tenant_probe_runtime";
        const auto made = engine.curl("POST", "/containers/create?name=" + name,
                                      R"({"Image":")" + engine.image() + "\"}");
        CHECK_MESSAGE(made.status == 201, made.body);
        CHECK(engine.curl("POST", "/containers/" + name + "/start").status == 204);
        wait_until(
            [&] {
                return engine.exec(name, {"cat", "/data/state/heartbeat"}).code == 0;
            },
            10s, "a heartbeat");
        CHECK(engine.facts(name).status == "running");
        engine.remove_tenant("probe");
        CHECK_FALSE(engine.has_container(name));
    }
}

TEST_CASE("an engine of a test's own can be killed and started again") {
    for (const char* kind : {"docker", "podman"}) {
        CAPTURE(kind);
        const ContainerEngine engine(kind);
        engine.kill_service();
        CHECK_THROWS(engine.curl("GET", "/_ping"));
        engine.restart_service();
        CHECK(engine.curl("GET", "/_ping").status == 200);
        CHECK(engine.curl("GET", "/images/" + engine.image() + "/json").status == 200);
    }
}

TEST_CASE("a proxy passes on, delays, swallows and cuts") {
    RedisServer redis;
    TcpProxy proxy(redis.port());
    const auto ping = [&](const char* patience) {
        return run({.argv = {"timeout", patience, "redis-cli", "-p", std::to_string(proxy.port()),
                             "PING"}});
    };
    CHECK(ping("20").out == "PONG\n");

    proxy.delay(200ms);
    const auto start = std::chrono::steady_clock::now();
    CHECK(ping("20").out == "PONG\n");
    CHECK(std::chrono::steady_clock::now() - start >= 400ms);
    proxy.delay(0ms);

    proxy.blackhole(true);
    CHECK(ping("0.3").code == 124);
    Process waiting({.argv = {"redis-cli", "-p", std::to_string(proxy.port()), "PING"}});
    proxy.blackhole(false);
    CHECK(waiting.wait(20s) == 0);

    Process blocked({.argv = {"redis-cli", "-p", std::to_string(proxy.port()), "BLPOP", "k", "0"}});
    wait_until(
        [&] {
            return redis.cli({"INFO", "clients"}).find("blocked_clients:1") != std::string::npos;
        },
        20s, "the client waits in Redis");
    proxy.cut();
    wait_until(
        [&] {
            return redis.cli({"INFO", "clients"}).find("blocked_clients:0") != std::string::npos;
        },
        20s, "Redis sees it go");
    redis.stop();
    CHECK(ping("20").code != 0);
}
