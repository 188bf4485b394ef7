// A node goes from one engine to the other with its tenants' data.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <nexus/unique_fd.hpp>

#include "integration/backend_fixture.hpp"
#include "integration/runner.hpp"

namespace nexus::test {
namespace {

constexpr const char* tenant = "mv-acme";
const std::string runtime = "tenant_mv-acme_runtime";

void copy_volume(BackendFixture& from, BackendFixture& to, const std::string& volume) {
    const TempDir folder;
    const auto source = from.backend->inspect_volume(from.ctx(), volume);
    REQUIRE(source);
    to.backend->ensure_volume(to.ctx(), {volume, source->labels});
    {
        const UniqueFd fd(::open((folder / "tar").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        from.backend->export_volume(from.ctx(), volume, fd.get());
    }
    const UniqueFd fd(::open((folder / "tar").c_str(), O_RDONLY | O_CLOEXEC));
    to.backend->import_volume(to.ctx(), volume, fd.get());
}

void move(const std::string& from_kind, const std::string& to_kind) {
    BackendFixture from(ContainerEngine::get(from_kind));
    BackendFixture to(ContainerEngine::get(to_kind));
    from.engine.remove_tenant(tenant);
    to.engine.remove_tenant(tenant);
    const RedisServer redis;
    Runner runner(redis, on_engine(from.engine));
    const auto inside = [](const BackendFixture& f, const std::string& script) {
        return f.engine.exec(runtime, {"sh", "-c", script}).out;
    };

    runner.start();
    REQUIRE(at(runner.job({"provision", tenant}), "/detail") == "provisioned");
    inside(from,
           "echo precious >/data/state/own; ln -s own /data/state/link;"
           "until [ -s /data/session/session ]; do sleep 0.1; done");
    const auto state = from.backend->inspect_volume(from.ctx(), "tenant_mv-acme_state");
    REQUIRE(state);
    REQUIRE(::lchown((state->mountpoint + "/own").c_str(), 1000, 1001) == 0);
    const std::string look =
        "cat /data/session/session /data/state/link;"
        "stat -c '%n %u:%g %a %Y' /data/state/own /data/session/session;"
        "stat -c '%n %u:%g %a' /data/state /data/session";
    const std::string before = inside(from, look);
    CHECK(before.find("precious") != std::string::npos);
    CHECK(before.find("1000:1001") != std::string::npos);
    REQUIRE(at(runner.job({"stop", tenant}), "/detail") == "stopped");
    REQUIRE(runner.stop() == 0);

    for (const char* volume : {"tenant_mv-acme_session", "tenant_mv-acme_state"})
        copy_volume(from, to, volume);
    runner.env()["BACKEND"] = to_kind;
    runner.env()["BACKEND_ENDPOINT"] = to.engine.endpoint();
    runner.start();
    REQUIRE(at(runner.job({"provision", tenant}), "/detail") == "provisioned");
    CHECK(to.engine.facts(runtime).status == "running");
    CHECK(inside(to, look) == before);
    CHECK(at(runner.job({"delete", tenant}), "/detail") == "deleted");
    CHECK(runner.stop() == 0);
    from.engine.remove_tenant(tenant);
    to.engine.remove_tenant(tenant);
}

TEST_CASE("a node moves from Docker to Podman with its tenants' data") {
    move("docker", "podman");
}

TEST_CASE("a node moves from Podman to Docker with its tenants' data") {
    move("podman", "docker");
}

}  // namespace
}  // namespace nexus::test
