// The backend against an engine that a real one would never be; what a real one does is in
// tests/integration.
#include "docker/docker_backend.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "support/temp_dir.hpp"
#include "unit/engine/backend_fixture.hpp"

namespace nexus::docker {
namespace {

using engine::error_of;
using engine::http;
using std::chrono::seconds;

struct Wiring {
    static engine::Wire wire() { return {"Api-Version: 1.41\r\n", "/v1.41"}; }
};
using Fixture = engine::TableFixture<DockerBackend, Wiring>;

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

TEST_CASE("asking for a network finds it by its whole name, and makes none") {
    Fixture f(
        {{"GET /networks", http(200, R"([{"Id":"1","Name":"net2"},{"Id":"2","Name":"net"}])")}});
    CHECK(f.backend.inspect_network(f.ctx, "net")->id == "2");
    CHECK_FALSE(f.backend.inspect_network(f.ctx, "ne"));
    CHECK(error_of([&] { f.backend.inspect_network(f.ctx, "a/b"); }).code() == Code::invalid);
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
    engine::check_pulls<Fixture>(
        "POST /images/create",
        {{"", Code::unavailable},
         {R"({"status":"Pulling from app","id":"1"})", Code::unavailable},
         {R"({"error":"manifest unknown","errorDetail":{"message":"manifest unknown"}})",
          Code::not_found},
         {"{\"error\":\"unauthorized: no\"}\n{\"status\":\"Status: Image is up to date for a\"}",
          Code::denied},
         {"nonsense\n", Code::internal},
         {R"({"status":"Status: Image is up to date for app:1"})", Code::internal}});
}

constexpr const char* app_1 = R"({"Id":"sha256:1","RepoTags":["app:1","app:2"]})";

TEST_CASE("an image in use keeps every name, also where the engine would take one off") {
    const struct {
        std::string listing;
        Code code;
    } cases[] = {
        {R"([{"Image":"app:1","ImageID":"sha256:1"}])", Code::conflict},
        {R"([{"Image":"other:1","ImageID":"sha256:2"},{"Image":"app:2","ImageID":"sha256:1"}])",
         Code::conflict},
        {R"([{"Image":"app:1","ImageID":"sha256:of-then"}])", Code::conflict},
        {R"([{"Image":"app:1"}])", Code::internal},
        {"nonsense", Code::internal},
    };
    for (const auto& c : cases) {
        CAPTURE(c.listing);
        Fixture f({{"GET /images/app:1/json", http(200, app_1)},
                   {"GET /containers/json", http(200, c.listing)},
                   {"DELETE /images/app:1", http(503, R"({"message":"took a name off"})")}});
        CHECK(error_of([&] { f.backend.remove_image(f.ctx, "app:1"); }).code() == c.code);
    }
}

TEST_CASE("an image that nothing uses goes, and one that is gone is no error") {
    engine::Answers answers{
        {"GET /images/app:1/json", http(200, app_1)},
        {"GET /containers/json", http(200, R"([{"Image":"b:1","ImageID":"sha256:2"}])")},
        {"DELETE /images/app:1", http(200, R"([{"Untagged":"app:1"}])")}};
    Fixture f(answers);
    CHECK_NOTHROW(f.backend.remove_image(f.ctx, "app:1"));
    CHECK_NOTHROW(f.backend.remove_image(f.ctx, "none:1"));
    CHECK(error_of([&] { f.backend.remove_image(f.ctx, "app"); }).code() == Code::invalid);
    answers["DELETE /images/app:1"] = http(404, R"({"message":"No such image: app:1"})");
    Fixture faster(answers);
    CHECK_NOTHROW(faster.backend.remove_image(faster.ctx, "app:1"));
    answers["DELETE /images/app:1"] = http(409, R"({"message":"container 1 is using it"})");
    Fixture later(answers);
    CHECK(error_of([&] { later.backend.remove_image(later.ctx, "app:1"); }).code() ==
          Code::conflict);
}

TEST_CASE("a digest goes alone where the image has no tag, under any spelling of its name") {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    const auto code_with = [&digest](const std::string& names) {
        const std::string place = "/images/docker.io/library/app" + digest;
        Fixture f({{"GET " + place + "/json", http(200, R"({"Id":"sha256:1",)" + names + "}")},
                   {"GET /containers/json", http(200, "[]")},
                   {"DELETE " + place, http(503, R"({"message":"was asked to"})")}});
        const auto remove = [&] {
            f.backend.remove_image(f.ctx, "docker.io/library/app" + digest);
        };
        return error_of(remove).code();
    };
    const std::string digests = R"("RepoDigests":["app)" + digest + "\"]";
    CHECK(code_with(digests) == Code::unavailable);
    CHECK(code_with(R"("RepoTags":["app:1"],)" + digests) == Code::conflict);
}

struct Swapped {
    test::TempDir temp;
    engine::Answers answers{
        {"GET /volumes/v1", volume("v1")},
        {"GET /volumes/v2", volume("v2")},
        {"GET /containers/json", http(200, R"([{"Id":"1"}])")},
    };

    std::string volume(const std::string& name) const {
        std::filesystem::create_directories(temp / name + "/_data");
        return http(200,
                    R"({"Name":")" + name + R"(","Mountpoint":")" + (temp / name) + R"(/_data"})");
    }
    // The code of the swap; `ok` where the content of v1 is in v2 afterwards.
    Code swap(const std::string& second = "v2") {
        const std::string mark = temp / "v1/_data/mark";
        test::write_file(mark, "of the first");
        Fixture f(answers);
        try {
            f.backend.swap_volumes(f.ctx, "v1", second);
        } catch (const BackendError& error) {
            CHECK(::access(mark.c_str(), F_OK) == 0);
            return error.code();
        }
        CHECK(test::read_file(temp / "v2/_data/mark") == "of the first");
        CHECK(::access(mark.c_str(), F_OK) != 0);
        return Code::ok;
    }
};

TEST_CASE_FIXTURE(Swapped, "volumes are exchanged unless a container that is not stopped has one") {
    const struct {
        const char* status;
        const char* mounted;
        Code code;
    } cases[] = {
        {"exited", "v1", Code::ok},           {"created", "v2", Code::ok},
        {"running", "v1", Code::conflict},    {"paused", "v2", Code::conflict},
        {"restarting", "v1", Code::conflict}, {"running", "v12", Code::ok},
    };
    for (const auto& c : cases) {
        CAPTURE(c.status);
        CAPTURE(c.mounted);
        answers["GET /containers/1/json"] =
            http(200, R"({"Name":"/run","State":{"Status":")" + std::string(c.status) +
                          R"("},"Mounts":[{"Type":"volume","Name":")" + c.mounted + R"("}]})");
        CHECK(swap() == c.code);
        std::filesystem::remove(temp / "v2/_data/mark");
    }
    answers.erase("GET /containers/1/json");  // gone meanwhile
    CHECK(swap() == Code::ok);
}

TEST_CASE_FIXTURE(Swapped, "what is no volume here is not exchanged") {
    CHECK(swap("none") == Code::not_found);
    CHECK(swap("v1") == Code::invalid);
    answers["GET /volumes/far"] = http(200, R"({"Name":"far","Mountpoint":"/not/here/_data"})");
    CHECK(swap("far") == Code::unsupported);
    answers["GET /volumes/there"] = http(200, R"({"Name":"there","Mountpoint":"/proc/self/fd"})");
    answers["GET /containers/json"] = http(200, "[]");
    CHECK(swap("there") == Code::unsupported);
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

TEST_CASE("pausing and renaming depend on what the container does") {
    Fixture f({{"GET /containers/run/json", http(200, container("1", "run"))},
               {"GET /containers/ice/json",
                http(200, R"({"Id":"2","Name":"/ice","State":{"Status":"paused"}})")},
               {"POST /containers/run/rename",
                http(409, R"({"message":"Conflict. The name \"/ice\" is already in use"})")}});
    CHECK(error_of([&] { f.backend.pause(f.ctx, "run"); }).code() == Code::conflict);
    CHECK_NOTHROW(f.backend.pause(f.ctx, "ice"));
    CHECK_NOTHROW(f.backend.unpause(f.ctx, "run"));
    CHECK(error_of([&] { f.backend.pause(f.ctx, "none"); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend.unpause(f.ctx, "none"); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend.rename(f.ctx, "run", "ice"); }).code() == Code::exists);
    CHECK(error_of([&] { f.backend.rename(f.ctx, "none", "ice"); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend.rename(f.ctx, "run", "a/b"); }).code() == Code::invalid);
}

TEST_CASE("a container that does not run uses nothing, one that does has its own limit") {
    Fixture f({{"GET /containers/off/json", http(200, container("1", "off"))},
               {"GET /containers/on/json",
                http(200, R"({"Id":"2","Name":"/on","State":{"Status":"running"},)"
                          R"("HostConfig":{"Memory":4096}})")},
               {"GET /containers/2/stats",
                http(200, R"({"read":"x","memory_stats":{"usage":7,"limit":99999}})")}});
    CHECK(f.backend.stats(f.ctx, "off").memory_limit_bytes == 0);
    const auto stats = f.backend.stats(f.ctx, "on");
    CHECK(stats.memory_bytes == 7);
    CHECK(stats.memory_limit_bytes == 4096);
    CHECK(error_of([&] { f.backend.stats(f.ctx, "none"); }).code() == Code::not_found);
}

TEST_CASE("every operation survives an engine that answers nonsense") {
    engine::check_nonsense<DockerBackend>(Wiring::wire());
}

}  // namespace
}  // namespace nexus::docker
