// The backend against an engine that a real one would never be; what a real one does is in
// tests/integration.
#include "podman/podman_backend.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "unit/engine/backend_fixture.hpp"

namespace nexus::podman {
namespace {

using engine::error_of;
using engine::http;
using std::chrono::seconds;

struct Wiring {
    static engine::Wire wire() { return {"Libpod-Api-Version: 4.3.1\r\n", "/v4.0.0/libpod"}; }
};
using Fixture = engine::TableFixture<PodmanBackend, Wiring>;

std::string failure(const std::string& cause) {
    return http(500,
                R"({"cause":")" + cause + R"(","message":"a: )" + cause + R"(","response":500})");
}

std::string container(const std::string& status, const std::string& labels = "{}") {
    return http(200, R"({"Id":"1","Name":"run","State":{"Status":")" + status +
                         R"("},"Config":{"Image":"localhost/app:1","Labels":)" + labels + "}}");
}

const std::string done = "HTTP/1.1 204 No Content\r\n\r\n";

TEST_CASE("the image is the reference that was given, and its label is not shown") {
    const std::string labels = R"({"k":"v","io.nexus.podman.image":"app:1"})";
    Fixture f(
        {{"GET /containers/run/json", container("exited", labels)},
         {"GET /containers/json",
          http(200, R"([{"Id":"1","Names":["run"],"State":"exited","Image":"localhost/app:1",)"
                    R"("Labels":)" +
                        labels + "}]")}});
    const auto inspected = f.backend.inspect(f.ctx, "run");
    REQUIRE(inspected);
    CHECK(inspected->image == "app:1");
    CHECK(inspected->labels == Labels{{"k", "v"}});
    const auto listed = f.backend.list(f.ctx, {{"k", "v"}});
    REQUIRE(listed.size() == 1);
    CHECK(listed.front().image == "app:1");
    CHECK(listed.front().labels == Labels{{"k", "v"}});
}

TEST_CASE("a container that somebody else made keeps the engine's name of its image") {
    Fixture f({{"GET /containers/run/json", container("exited")}});
    CHECK(f.backend.inspect(f.ctx, "run")->image == "localhost/app:1");
}

TEST_CASE("what a removal that was cut off has left of a container is removed, and not there") {
    Fixture f(
        {{"GET /containers/run/json", failure("getting container from store \\\"1\\\": gone")},
         {"DELETE /containers/run", http(200, R"([{"Id":"1"}])")},
         {"GET /containers/old/json", container("removing")},
         {"DELETE /containers/1", http(200, R"([{"Id":"1"}])")},
         {"GET /containers/abc/json", failure("getting container from store \\\"1\\\": gone")},
         {"DELETE /containers/abc", failure("removed by what may be another one's id")}});
    CHECK_FALSE(f.backend.inspect(f.ctx, "run"));
    CHECK_FALSE(f.backend.inspect(f.ctx, "old"));
    CHECK(error_of([&] { f.backend.inspect(f.ctx, "abc"); }).code() == Code::internal);
}

TEST_CASE("a volume or network is removed by its whole name only") {
    Fixture f({{"GET /volumes/vol/json", http(200, R"({"Name":"vol_state"})")},
               {"DELETE /volumes/vol", failure("removed the wrong one")},
               {"GET /networks/abc/json", http(200, R"({"id":"abcdef","name":"other"})")},
               {"DELETE /networks/abc", failure("removed the wrong one")}});
    CHECK_FALSE(f.backend.inspect_volume(f.ctx, "vol"));
    CHECK_NOTHROW(f.backend.remove_volume(f.ctx, "vol"));
    CHECK_NOTHROW(f.backend.remove_volume(f.ctx, "none"));
    CHECK_NOTHROW(f.backend.remove_network(f.ctx, "abc"));
    CHECK_NOTHROW(f.backend.remove_network(f.ctx, "none"));
}

TEST_CASE("asking for a network finds it by its whole name, and makes none") {
    Fixture f({{"GET /networks/net/json", http(200, R"({"id":"1","name":"net"})")},
               {"GET /networks/abc/json", http(200, R"({"id":"abcdef","name":"other"})")}});
    CHECK(f.backend.inspect_network(f.ctx, "net")->id == "1");
    CHECK_FALSE(f.backend.inspect_network(f.ctx, "abc"));
    CHECK_FALSE(f.backend.inspect_network(f.ctx, "none"));
}

TEST_CASE("what is in use stays") {
    Fixture f({{"GET /volumes/vol/json", http(200, R"({"Name":"vol"})")},
               {"DELETE /volumes/vol", failure("volume is being used")},
               {"GET /networks/net/json", http(200, R"({"id":"1","name":"net"})")},
               {"DELETE /networks/net", failure("network is being used")}});
    CHECK(error_of([&] { f.backend.remove_volume(f.ctx, "vol"); }).code() == Code::conflict);
    CHECK(error_of([&] { f.backend.remove_network(f.ctx, "net"); }).code() == Code::conflict);
}

TEST_CASE("a volume that somebody makes in between is taken as it is") {
    std::atomic<bool> made = false;
    engine::BackendFixture<PodmanBackend> f([&made](engine::Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            if (request.starts_with("GET /_ping")) {
                peer.send(http(200, "OK", Wiring::wire().version_header));
            } else if (request.starts_with("POST /v4.0.0/libpod/volumes/create")) {
                made = true;
                peer.send(failure("volume already exists"));
            } else if (made) {
                peer.send(http(200, R"({"Name":"vol","Labels":{"whose":"theirs"}})"));
            } else {
                peer.send(http(404, R"({"cause":"no such volume"})"));
            }
        }
    });
    CHECK(f.backend.ensure_volume(f.ctx, {"vol", {}}).labels == Labels{{"whose", "theirs"}});
}

TEST_CASE("a paused container is let run before it is stopped") {
    std::atomic<bool> paused = true;
    engine::BackendFixture<PodmanBackend> f([&paused](engine::Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            if (request.starts_with("GET /_ping")) {
                peer.send(http(200, "OK", Wiring::wire().version_header));
            } else if (request.find("/unpause ") != std::string::npos) {
                paused = false;
                peer.send(done);
            } else if (request.find("/stop?timeout=5 ") != std::string::npos) {
                peer.send(paused ? failure("container state improper") : done);
            } else {
                peer.send(container(paused ? "paused" : "running"));
            }
        }
    });
    CHECK_NOTHROW(f.backend.stop(f.ctx, "run", seconds(5)));
    CHECK_FALSE(paused);
}

TEST_CASE("a log whose last line is being written is read a moment later") {
    std::atomic<int> refusals = 0;
    engine::BackendFixture<PodmanBackend> f([&refusals](engine::Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            if (request.starts_with("GET /_ping")) {
                peer.send(http(200, "OK", Wiring::wire().version_header));
            } else if (request.find("/logs?") == std::string::npos) {
                peer.send(container("running"));
            } else if (++refusals < 3) {
                peer.send(failure("'2026-11-24T13:' is not a valid container log line"));
            } else {
                peer.send(http(200, ""));
            }
        }
    });
    CHECK_NOTHROW(f.backend.logs(f.ctx, "run", 1, 1));
    CHECK(refusals == 3);
}

TEST_CASE("a stop that fails for another reason fails") {
    Fixture f({{"GET /containers/run/json", container("running")},
               {"POST /containers/run/stop", failure("container state improper")}});
    CHECK(error_of([&] { f.backend.stop(f.ctx, "run", seconds(5)); }).code() == Code::conflict);
    CHECK(error_of([&] { f.backend.stop(f.ctx, "none", seconds(5)); }).code() == Code::not_found);
}

TEST_CASE("a removal is done only where the engine's report says so") {
    const struct {
        std::string report;
        bool fails;
    } cases[] = {{http(200, R"([{"Id":"1","RawInput":"run"}])"), false},
                 {http(200, "[]"), false},
                 {http(404, R"({"cause":"no such container"})"), false},
                 {http(200, R"([{"Id":"1","Err":"it is busy"}])"), true},
                 {http(200, R"([{"Id":"1","Err":{}}])"), true},
                 {http(200, "nonsense"), true}};
    for (const auto& c : cases) {
        CAPTURE(c.report);
        Fixture f({{"DELETE /containers/run", c.report}});
        const auto remove = [&] { f.backend.remove(f.ctx, "run"); };
        if (c.fails) {
            CHECK(error_of(remove).code() == Code::internal);
        } else {
            CHECK_NOTHROW(remove());
        }
    }
}

TEST_CASE("a container is created from the image that is there, or not at all") {
    ContainerSpec spec;
    spec.name = "run";
    spec.image = "app:1";
    spec.network = "net";
    engine::Answers answers{{"GET /networks/net/json", http(200, R"({"id":"1","name":"net"})")}};
    Fixture without(answers);
    const auto error = error_of([&] { without.backend.ensure_container(without.ctx, spec); });
    CHECK(error.code() == Code::not_found);
    CHECK(std::string_view(error.what()) == "there is no image app:1");
    answers["GET /images/docker.io/library/app:1/json"] = http(200, R"({"Id":"77"})");
    answers["POST /containers/create"] = http(201, R"({"Id":"1","Warnings":[]})");
    answers["GET /containers/1/json"] = container("created");
    Fixture with(answers);
    CHECK(with.backend.ensure_container(with.ctx, spec).phase == Phase::created);
    CHECK(with.backend.ensure_image(with.ctx, {"app:1", {}}).id == "77");
    spec.network = "other";
    CHECK(error_of([&] { with.backend.ensure_container(with.ctx, spec); }).code() ==
          Code::not_found);
}

TEST_CASE("an image goes by every name that its reference may have, or by none") {
    engine::Answers answers{
        {"GET /images/localhost/app:1/json",
         http(200, R"({"Id":"1","RepoTags":["localhost/app:1"]})")},
        {"GET /images/docker.io/library/app:1/json",
         http(200, R"({"Id":"2","RepoTags":["docker.io/library/app:1"]})")},
        {"GET /containers/json", http(200, R"([{"Image":"docker.io/x:1","ImageID":"2"}])")},
        {"DELETE /images/localhost/app:1", failure("removed the first of two")},
        {"DELETE /images/docker.io/library/app:1", failure("image is in use by a container")}};
    const auto code_with = [&answers] {
        Fixture f(answers);
        return error_of([&] { f.backend.remove_image(f.ctx, "app:1"); }).code();
    };
    CHECK(code_with() == Code::conflict);
    answers["GET /containers/json"] = http(200, "[]");
    CHECK(code_with() == Code::internal);
    answers["DELETE /images/localhost/app:1"] = http(200, R"({"Untagged":["localhost/app:1"]})");
    CHECK(code_with() == Code::conflict);
    answers["DELETE /images/docker.io/library/app:1"] = http(404, R"({"cause":"image not known"})");
    Fixture f(answers);
    CHECK_NOTHROW(f.backend.remove_image(f.ctx, "app:1"));
    CHECK_NOTHROW(f.backend.remove_image(f.ctx, "none:1"));
}

TEST_CASE("the engine may write a name of Docker's own registry in another way") {
    for (const std::string name : {"docker.io/app:1", "index.docker.io/library/app:1"}) {
        CAPTURE(name);
        Fixture f({{"GET /images/" + name + "/json",
                    http(200, R"({"Id":"1","RepoTags":["docker.io/library/app:1"]})")},
                   {"GET /containers/json", http(200, "[]")},
                   {"DELETE /images/" + name, failure("image is in use by a container")}});
        CHECK(error_of([&] { f.backend.remove_image(f.ctx, name); }).code() == Code::conflict);
    }
}

TEST_CASE("a digest that the engine found under another repository's name is not there") {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    Fixture f({{"GET /images/ghcr.io/acme/app" + digest + "/json",
                http(200, R"({"Id":"1","RepoDigests":["ghcr.io/other/app)" + digest + "\"]}")},
               {"GET /containers/json", http(200, "[]")},
               {"DELETE /images/ghcr.io/acme/app" + digest, failure("removed the wrong one")}});
    CHECK_NOTHROW(f.backend.remove_image(f.ctx, "ghcr.io/acme/app" + digest));
}

TEST_CASE("a pull succeeds only where the engine says so") {
    engine::check_pulls<Fixture>(
        "POST /images/pull",
        {{"", Code::unavailable},
         {R"({"stream":"Trying to pull"})", Code::unavailable},
         {R"({"error":"reading manifest 1: manifest unknown"})", Code::not_found},
         {"{\"error\":\"unauthorized: no\"}\n{\"id\":\"1\"}", Code::denied},
         {"nonsense\n", Code::internal},
         {R"({"id":"1"})", Code::internal}});
}

TEST_CASE("every operation survives an engine that answers nonsense") {
    engine::check_nonsense<PodmanBackend>(Wiring::wire());
}

}  // namespace
}  // namespace nexus::podman
