// The backend against an engine that a real one would never be; what a real one does is in
// tests/integration.
#include "docker/docker_backend.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <map>

#include "support/temp_dir.hpp"
#include "unit/engine/fake_engine.hpp"

namespace nexus::docker {
namespace {

using engine::error_of;
using engine::FakeEngine;
using engine::http;
using std::chrono::seconds;

// Answers the ping, and each "METHOD /path" without version and query as the table has it.
FakeEngine::Script table(std::map<std::string, std::string> answers) {
    return [answers = std::move(answers)](engine::Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            std::string line = request.substr(0, request.find(" HTTP/"));
            line.resize(std::min(line.find('?'), line.size()));
            if (const auto version = line.find("/v1.41"); version != std::string::npos) {
                line.erase(version, 6);
            }
            if (line == "GET /_ping") {
                peer.send(http(200, "OK", "Api-Version: 1.41\r\n"));
            } else {
                const auto found = answers.find(line);
                peer.send(found == answers.end() ? http(404, R"({"message":"not there"})")
                                                 : found->second);
            }
        }
    };
}

struct Fixture {
    explicit Fixture(std::map<std::string, std::string> answers)
        : fake(table(std::move(answers))),
          backend(PluginHost(&host), R"({"endpoint":")" + fake.endpoint() + "\"}") {}

    nexus_host host{
        sizeof(nexus_host), NEXUS_BACKEND_ABI_MAJOR, 0, nullptr, nullptr, nullptr, nullptr};
    FakeEngine fake;
    DockerBackend backend;
    CallContext ctx = engine::within(seconds(10));
};

std::string container(const std::string& id, const std::string& name,
                      const std::string& more = "") {
    return R"({"Id":")" + id + R"(","Name":"/)" + name + R"(","State":{"Status":"exited"})" + more +
           "}";
}

TEST_CASE("a listing keeps only whole matches, whatever the engine's filter let through") {
    Fixture f(
        {{"GET /containers/json",
          http(200, R"([{"Id":"1","Names":["/a"],"State":"exited","Labels":{"t":"a","n":"1"}},)"
                    R"({"Id":"2","Names":["/b"],"State":"exited","Labels":{"t":"a_b","n":"1"}},)"
                    R"({"Id":"3","Names":["/c"],"State":"exited","Labels":{"n":"1"}},)"
                    R"({"Id":"4","Names":["/d"],"State":"exited","Labels":null}])")}});
    CHECK(f.backend.list(f.ctx, {{"t", "a"}}).size() == 1);
    CHECK(f.backend.list(f.ctx, {{"t", ""}}).size() == 2);
    CHECK(f.backend.list(f.ctx, {{"n", "1"}, {"t", "a_b"}}).at(0).id == "2");
    CHECK(f.backend.list(f.ctx, {}).size() == 4);
}

TEST_CASE("the beginning of an id is no name") {
    Fixture f({{"GET /containers/abc/json", http(200, container("abcdef", "other"))},
               {"POST /containers/abc/start", http(204, "")},
               {"DELETE /containers/abc", http(500, R"({"message":"removed the wrong one"})")}});
    CHECK_FALSE(f.backend.inspect(f.ctx, "abc"));
    CHECK_NOTHROW(f.backend.remove(f.ctx, "abc"));
    CHECK(error_of([&] { f.backend.start(f.ctx, "abc"); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend.stop(f.ctx, "abc", seconds(1)); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend.logs(f.ctx, "abc", 1, 1); }).code() == Code::not_found);
}

TEST_CASE("a name that looks like an id is resolved to the id that is meant") {
    Fixture f({{"GET /containers/abc/json", http(200, container("777", "abc"))},
               {"POST /containers/777/start", "HTTP/1.1 304 Not Modified\r\n\r\n"},
               {"DELETE /containers/777", "HTTP/1.1 204 No Content\r\n\r\n"}});
    CHECK_NOTHROW(f.backend.start(f.ctx, "abc"));
    CHECK_NOTHROW(f.backend.remove(f.ctx, "abc"));
}

TEST_CASE("a removal that is under way already is waited for") {
    Fixture f({{"DELETE /containers/run",
                http(409, R"({"message":"removal of container run is already in progress"})")},
               {"POST /containers/run/wait", http(200, R"({"StatusCode":0})")}});
    CHECK_NOTHROW(f.backend.remove(f.ctx, "run"));
}

TEST_CASE("of several networks of one name the oldest is the one") {
    Fixture f({{"GET /networks", http(200, R"([{"Id":"1","Name":"net","Created":"2024-02"},)"
                                           R"({"Id":"2","Name":"net","Created":"2024-01"},)"
                                           R"({"Id":"3","Name":"net2","Created":"2023-01"},)"
                                           R"({"Id":"4","Name":"my-net","Created":"2023-01"}])")}});
    CHECK(f.backend.ensure_network(f.ctx, {"net", "", {}}).id == "2");
}

TEST_CASE("the host's own network is no network for a container") {
    Fixture f({{"GET /networks", http(200, R"([{"Id":"1","Name":"host","Driver":"host"}])")}});
    ContainerSpec spec;
    spec.name = "run";
    spec.network = "host";
    const auto host_network = error_of([&] { f.backend.ensure_container(f.ctx, spec); });
    CHECK(host_network.code() == Code::invalid);
    for (const char* network : {"", "container:other", "none"}) {
        CAPTURE(network);
        spec.network = network;
        const auto error = error_of([&] { f.backend.ensure_container(f.ctx, spec); });
        CHECK((error.code() == Code::invalid || error.code() == Code::not_found));
    }
}

TEST_CASE("a pull succeeds only where the engine says so") {
    const struct {
        std::string stream;
        Code code;
    } cases[] = {
        {"", Code::unavailable},
        {R"({"status":"Pulling from app","id":"1"})", Code::unavailable},
        {R"({"error":"manifest unknown","errorDetail":{"message":"manifest unknown"}})",
         Code::not_found},
        {"{\"error\":\"unauthorized: no\"}\n{\"status\":\"Status: Image is up to date for a\"}",
         Code::denied},
        {"nonsense\n", Code::internal},
        {R"({"status":"Status: Image is up to date for app:1"})", Code::internal},
    };
    for (const auto& c : cases) {
        CAPTURE(c.stream);
        Fixture f({{"POST /images/create", http(200, c.stream)}});
        const auto error = error_of([&] { f.backend.ensure_image(f.ctx, {"app:1", {}}); });
        CHECK(error.code() == c.code);
    }
}

TEST_CASE("credentials are in no message") {
    Fixture f({{"POST /images/create", http(500, R"({"message":"unauthorized"})")}});
    const auto error = error_of([&] {
        f.backend.ensure_image(f.ctx, {"app:1", {"r", "a-user", "a-password", "a-token"}});
    });
    CHECK(error.code() == Code::denied);
    CHECK(std::string(error.what()) == "pulling image app:1: unauthorized");
}

TEST_CASE("the logs of a container with a terminal have no frames") {
    const test::TempDir folder;
    Fixture f({{"GET /containers/run/json",
                http(200, container("777", "run", R"(,"Config":{"Tty":true})"))},
               {"GET /containers/777/logs", http(200, "plain\r\ntext")}});
    const std::string path = folder / "logs";
    test::write_file(path, "");
    FILE* const file = std::fopen(path.c_str(), "w");
    f.backend.logs(f.ctx, "run", 10, ::fileno(file));
    std::fclose(file);
    CHECK(test::read_file(path) == "plain\r\ntext");
}

TEST_CASE("every operation survives an engine that answers nonsense") {
    for (const std::string body : {"", "nonsense", "{}", "[]", "null", R"({"Id":7})", "[7]"}) {
        CAPTURE(body);
        const FakeEngine fake([&body](engine::Peer& peer) {
            for (std::string request; !(request = peer.read_request()).empty();)
                peer.send(http(200, body, "Api-Version: 1.41\r\n"));
        });
        const nexus_host host{
            sizeof(nexus_host), NEXUS_BACKEND_ABI_MAJOR, 0, nullptr, nullptr, nullptr, nullptr};
        DockerBackend backend(PluginHost(&host), R"({"endpoint":")" + fake.endpoint() + "\"}");
        const CallContext ctx = engine::within(seconds(10));
        ContainerSpec spec;
        spec.name = "run";
        spec.network = "net";
        const std::function<void()> calls[] = {
            [&] { backend.info(ctx); },
            [&] { backend.inspect(ctx, "run"); },
            [&] { backend.inspect_volume(ctx, "vol"); },
            [&] {
                backend.ensure_network(ctx, {"net", "", {}});
            },
            [&] {
                backend.ensure_volume(ctx, {"vol", {}});
            },
            [&] {
                backend.ensure_image(ctx, {"app:1", {}});
            },
            [&] { backend.ensure_container(ctx, spec); },
            [&] { backend.logs(ctx, "run", 1, 1); },
        };
        for (const auto& call : calls)
            CHECK(error_of(call).code() == Code::internal);
    }
}

}  // namespace
}  // namespace nexus::docker
