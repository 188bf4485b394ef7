// Pause, names and consumption of containers of a plugin on a real engine.
#include <doctest/doctest.h>

#include "integration/backend_fixture.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string heartbeat(const BackendFixture& f) {
    const auto volume = f.backend->inspect_volume(f.ctx(), f.name("state"));
    REQUIRE(volume);
    return read_file(volume->mountpoint + "/heartbeat");
}

TEST_CASE("a paused container stands still until it is let on") {
    BackendFixture f;
    const ContainerSpec spec = f.running("sleeper");
    f.backend->pause(f.ctx(), spec.name);
    CHECK(f.now(spec.name).phase == Phase::paused);
    CHECK(f.now(spec.name).health == Health::none);
    CHECK_NOTHROW(f.backend->pause(f.ctx(), spec.name));
    const auto listed = f.backend->list(f.ctx(), f.labels());
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].phase == Phase::paused);
    const std::string last = heartbeat(f);
    CHECK_FALSE(holds_within(milliseconds(2500), [&] { return heartbeat(f) != last; }));

    f.backend->unpause(f.ctx(), spec.name);
    CHECK(f.now(spec.name).phase == Phase::running);
    CHECK_NOTHROW(f.backend->unpause(f.ctx(), spec.name));
    wait_until([&] { return heartbeat(f) != last; }, seconds(10), "the heart beats again");

    f.backend->pause(f.ctx(), spec.name);
    SUBCASE("it can be stopped") {
        f.backend->stop(f.ctx(), spec.name, seconds(2));
        CHECK(f.now(spec.name).phase == Phase::exited);
        CHECK(error_of([&] { f.backend->pause(f.ctx(), spec.name); }).code() == Code::conflict);
        CHECK_NOTHROW(f.backend->unpause(f.ctx(), spec.name));
    }
    SUBCASE("it can be removed") {
        f.backend->remove(f.ctx(), spec.name);
        CHECK_FALSE(f.backend->inspect(f.ctx(), spec.name));
    }
}

TEST_CASE("a container takes another name and stays what it is") {
    BackendFixture f;
    const ContainerSpec spec = f.running("before");
    const ContainerState was = f.now(spec.name);
    f.backend->rename(f.ctx(), spec.name, f.name("after"));
    CHECK_FALSE(f.backend->inspect(f.ctx(), spec.name));
    const ContainerState is = f.now(f.name("after"));
    CHECK(is.id == was.id);
    CHECK(is.phase == Phase::running);
    CHECK(is.started_at == was.started_at);

    const ContainerSpec other = f.running("before");
    const auto taken = error_of([&] { f.backend->rename(f.ctx(), other.name, f.name("after")); });
    CHECK(taken.code() == Code::exists);
    CHECK(error_of([&] { f.backend->rename(f.ctx(), other.name, "../x"); }).code() ==
          Code::invalid);
    f.backend->stop(f.ctx(), other.name, seconds(5));
    CHECK_NOTHROW(f.backend->rename(f.ctx(), other.name, f.name("third")));
    CHECK(f.now(f.name("third")).phase == Phase::exited);
}

TEST_CASE("a running container consumes, a stopped one does not") {
    BackendFixture f;
    const ContainerSpec spec = f.running("eater");
    const Stats first = f.backend->stats(f.ctx(), spec.name);
    CHECK(first.cpu_ns > 0);
    CHECK(first.memory_bytes > 0);
    CHECK(first.memory_limit_bytes == spec.memory_bytes);
    CHECK(first.pids >= 2);
    CHECK(first.network_in_bytes >= 0);
    REQUIRE(
        f.engine.exec(spec.name, {"sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"})
            .code == 0);
    CHECK(f.backend->stats(f.ctx(), spec.name).cpu_ns > first.cpu_ns);

    f.backend->stop(f.ctx(), spec.name, seconds(5));
    const Stats none = f.backend->stats(f.ctx(), spec.name);
    CHECK(none.cpu_ns == 0);
    CHECK(none.memory_bytes == 0);
    CHECK(none.pids == 0);
}

TEST_CASE("a container that is not there cannot be paused, renamed or measured") {
    BackendFixture f;
    const std::string ghost = f.name("ghost");
    CHECK(error_of([&] { f.backend->pause(f.ctx(), ghost); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend->unpause(f.ctx(), ghost); }).code() == Code::not_found);
    CHECK(error_of([&] { f.backend->rename(f.ctx(), ghost, f.name("x")); }).code() ==
          Code::not_found);
    CHECK(error_of([&] { f.backend->stats(f.ctx(), ghost); }).code() == Code::not_found);
}

}  // namespace
}  // namespace nexus::test
