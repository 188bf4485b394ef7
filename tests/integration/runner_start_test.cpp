// What the runner refuses at its start, and what it answers to people: TLS, HTTP, command line.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

TEST_CASE("what is missing at the start is named with its mend and its exit code") {
    RedisServer redis({.password = "swordfish"});
    const std::string nobody = "127.0.0.1:" + std::to_string(free_port());
    TempDir folder;
    write_file(folder / "file", "");
    const std::string socket = folder / "engine.sock";
    const struct {
        Environment changes;
        int code;
        std::string says;
    } rows[] = {
        {{{"REDIS_URL", "redis://default:pw@" + nobody + "/0"}}, 69, nobody},
        {{{"REDIS_URL", redis.url("default", "wrong-one")}}, 78, "REDIS_URL"},
        {{{"REDIS_URL", "default:pw@10.0.0.2"}}, 78, "scheme"},
        {{{"BACKEND", "docker"}, {"BACKEND_ENDPOINT", "unix://" + socket}}, 69, socket},
        {{{"BACKEND", "nonesuch"}}, 78, "nonesuch"},
        {{{"BACKEND_CONFIG", R"({"no_such_key":1})"}}, 78, "no_such_key"},
        {{{"TENANT_ROOT", folder / "file"}}, 78, "TENANT_ROOT"},
        {{{"TENANT_ROOT", "/proc/nexus"}}, 78, "TENANT_ROOT"},
        {{{"STATE_DIR", "/proc/nexus"}}, 78, "STATE_DIR"},
        {{{"NEXUS_IMAGE", "example.test/nexus:latest"}}, 78, "NEXUS_IMAGE"},
    };
    for (const auto& row : rows) {
        Runner runner(redis, row.changes);
        CAPTURE(row.says);
        CHECK(runner.refusal() == row.code);
        CAPTURE(runner.log());
        CHECK(contains(runner.log(), row.says));
        CHECK_FALSE(contains(runner.log(), "swordfish"));
        CHECK_FALSE(contains(runner.log(), "wrong-one"));
    }
}

TEST_CASE("an engine that answers garbage is named, and the start refused") {
    RedisServer redis;
    TempDir folder;
    const std::string path = folder / "engine.sock";
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener, 8) == 0);
    std::thread engine([listener] {
        for (int client = ::accept(listener, nullptr, nullptr); client >= 0;
             client = ::accept(listener, nullptr, nullptr)) {
            const std::string garbage = "\x01\x02 this is no HTTP\r\n\r\n";
            [[maybe_unused]] const auto written = ::write(client, garbage.data(), garbage.size());
            ::close(client);
        }
    });
    Runner runner(redis, {{"BACKEND", "docker"}, {"BACKEND_ENDPOINT", "unix://" + path}});
    CHECK(runner.refusal() == 69);
    CHECK(contains(runner.log(), path));
    ::shutdown(listener, SHUT_RDWR);
    engine.join();
    ::close(listener);
}

TEST_CASE("the start asks the engine about itself once, for its checks and its capacity alike") {
    RedisServer redis;
    TempDir folder;
    const std::string journal = folder / "journal";
    Runner runner(redis, {{"BACKEND_CONFIG", R"({"journal":")" + journal + "\"}"}});
    runner.start();
    const auto asked = read_file(journal);
    CAPTURE(asked);
    const std::string line = R"({"op":"info","tenant":"","job":"check")";
    REQUIRE(contains(asked, line));
    CHECK(asked.find(line) == asked.rfind(line));
    CHECK_FALSE(contains(asked, R"({"op":"info","tenant":"","job":"start")"));
    CHECK(std::stoi(redis.cli({"HGET", "nexus:node:n1", "capacity"})) >= 1);
}

TEST_CASE("jobs over rediss:// with a CA; a wrong CA is refused") {
    RedisServer redis({.password = "swordfish", .tls = true});
    RedisServer stranger({.tls = true});
    Runner runner(redis, {{"REDIS_CA_FILE", redis.certificates().ca()}});
    runner.start();
    CHECK(at(runner.job({"provision", "acme"}), "/detail") == "provisioned");
    Runner misled(redis, {{"REDIS_CA_FILE", stranger.certificates().ca()}, {"NODE_NAME", "n2"}});
    CHECK(misled.refusal() == 78);
    CAPTURE(misled.log());
    CHECK(contains(misled.log(), "certificate"));
}

TEST_CASE("HTTP answers what it should and nothing else") {
    RedisServer redis;
    Runner runner(redis, {});
    runner.start();
    const auto health = runner.http("/healthz");
    CHECK(health.status == 200);
    CHECK(health.body.rfind(R"({"ok":true,"node":"n1","version":")", 0) == 0);
    for (const char* check : {"redis", "backend", "lease", "tenant_root", "disk"}) {
        CHECK(contains(runner.http("/readyz").body, '"' + std::string(check) + "\":{\"ok\":true"));
    }
    const auto page = runner.http("/", {"-i"});
    CHECK(page.status == 200);
    CHECK(contains(page.body, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(contains(page.body, "Content-Security-Policy: default-src 'none'; connect-src 'self';"));
    CHECK(contains(page.body, "ask('status'"));
    CHECK(page.body.ends_with("</html>\n"));
    CHECK(runner.http("/nothing").status == 404);
    CHECK(runner.http("/healthz", {"-X", "POST"}).status == 405);
    redis.stop();
    wait_until([&] { return runner.http("/readyz").status == 503; }, seconds(20),
               "/readyz sees that Redis is gone");
    CHECK(contains(runner.http("/readyz").body, R"("redis":{"ok":false)"));
    CHECK(runner.http("/healthz").status == 200);
}

TEST_CASE("the command line teaches, refuses and reports") {
    RedisServer redis;
    Runner runner(redis, {});
    runner.start();
    CHECK(runner.cli({"--help"}).code == 0);
    CHECK(contains(runner.cli({"--help"}).out, "check-config"));
    CHECK(runner.cli({"no-such-command"}).code == 64);
    CHECK(runner.cli({"submit", "provision"}).code == 64);
    const auto refused = runner.cli({"submit", "explode", "acme"});
    CHECK(refused.code == 64);
    CHECK(contains(refused.err, "/action"));
    CHECK(runner.cli({"submit", "start", "nobody", "--wait"}).code == 1);
    CHECK(contains(runner.cli({"version"}).out, "nexus-runner "));
    CHECK(contains(runner.cli({"schema", "provision"}).out, "runtime_env"));
    CHECK(runner.cli({"schema", "explode"}).code == 64);
    const auto result = runner.job({"provision", "acme", "--image", "example.test/nexus:2"});
    CHECK(at(result, "/detail") == "provisioned");
    const auto job = runner.cli({"job", at(result, "/job_id"), "--json"});
    CHECK(job.code == 0);
    CHECK(contains(job.out, R"("state":"succeeded")"));
    CHECK(runner.cli({"job", "unknown"}).code == 1);
    CHECK(contains(runner.cli({"events", "acme"}).out, "runtime.status"));
    CHECK(runner.cli({"events", "other"}).out.empty());
    const auto checked = runner.cli({"check-config"});
    CAPTURE(checked.out);
    CHECK(checked.code == 0);
    CHECK(contains(checked.out, "Redis answers"));
}
