// The servers that every other integration test stands on.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <csignal>

#include "support/docker_engine.hpp"
#include "support/process.hpp"
#include "support/redis_server.hpp"
#include "support/registry.hpp"
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
    wait_until([&] { return process.out().ends_with('\n'); }, 5s, "the shell says its child");
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
    "the image of the tests runs on the engine and can be pulled from a registry with a password") {
    auto& docker = DockerEngine::get();
    docker.remove_tenant("probe");
    const Registry registry("user", "secret");
    const auto reference = registry.push(docker.image());
    CHECK(docker.curl("GET", "/images/" + reference + "/json").status == 404);
    CHECK(docker.curl("POST", "/images/create?fromImage=" + registry.address() + "/app&tag=1.0.0")
              .status == 500);

    CHECK(docker.cli({"run", "-d", "--name", "tenant_probe_runtime", docker.image()}).code == 0);
    wait_until(
        [&] {
            return docker.exec("tenant_probe_runtime", {"cat", "/data/state/heartbeat"}).code == 0;
        },
        10s, "a heartbeat");
    docker.remove_tenant("probe");
    CHECK(docker.curl("GET", "/containers/tenant_probe_runtime/json").status == 404);
}
