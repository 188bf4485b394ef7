// Podman's word on a container and what the kernel does with it, set apart as by a crash of its
// service between the two.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "integration/backend_fixture.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

// What freezes a container's processes: the file, and what is written to it.
struct Freezer {
    fs::path file;
    std::string frozen;
    std::string thawed;

    void freeze() const { std::ofstream(file) << frozen; }
    void thaw() const { std::ofstream(file) << thawed; }
};

Freezer freezer_of(const std::string& id) {
    const std::string root = "/sys/fs/cgroup";
    // Where both versions are, engines use the first.
    const bool first = fs::exists(root + "/freezer");
    const auto found =
        run({.argv = {"find", first ? root + "/freezer" : root, "-path", "*" + id + "*", "-not",
                      "-path", "*conmon*", "-name", first ? "freezer.state" : "cgroup.freeze",
                      "-print", "-quit"}});
    const fs::path file = found.out.substr(0, found.out.find('\n'));
    REQUIRE(!file.empty());
    if (first) return {file, "FROZEN", "THAWED"};
    return {file, "1", "0"};
}

struct Torn : BackendFixture {
    const ContainerSpec spec = running("torn");
    const std::string folder = backend->inspect_volume(ctx(), name("state")).value().mountpoint;
    const Freezer freezer = freezer_of(now(spec.name).id);

    Torn() {
        wait_until([&] { return starts() == 1; }, seconds(10), "it runs");
    }
    std::ptrdiff_t starts() const {
        const auto text = fs::exists(folder + "/starts") ? read_file(folder + "/starts") : "";
        return std::count(text.begin(), text.end(), '\n');
    }
    void runs_on() const {
        CHECK(now(spec.name).phase == Phase::running);
        const auto last = read_file(folder + "/heartbeat");
        wait_until([&] { return read_file(folder + "/heartbeat") != last; }, seconds(20),
                   "the heart beats");
    }
};

bool is_podman() {
    return ContainerEngine::under_test().kind() == "podman";
}

TEST_CASE("a container that runs, and that Podman takes for paused, can be used again") {
    if (!is_podman()) return;
    Torn f;
    f.backend->pause(f.ctx(), f.spec.name);
    f.freezer.thaw();
    CHECK(f.now(f.spec.name).phase == Phase::paused);
    SUBCASE("resumed, by another start") {
        f.backend->unpause(f.ctx(), f.spec.name);
        f.runs_on();
        CHECK(f.starts() == 2);
        CHECK(f.host.text().find("Podman takes it for paused") != std::string::npos);
        f.backend->unpause(f.ctx(), f.spec.name);
        CHECK(f.starts() == 2);
    }
    SUBCASE("stopped") {
        f.backend->stop(f.ctx(), f.spec.name, seconds(5));
        CHECK(f.now(f.spec.name).phase == Phase::exited);
    }
    SUBCASE("removed") {
        f.backend->remove(f.ctx(), f.spec.name);
        CHECK_FALSE(f.backend->inspect(f.ctx(), f.spec.name));
        CHECK_FALSE(fs::exists(f.freezer.file));
    }
}

TEST_CASE("a container that is frozen, and that Podman takes for running, runs on") {
    if (!is_podman()) return;
    Torn f;
    f.freezer.freeze();
    CHECK(f.now(f.spec.name).phase == Phase::running);
    f.backend->unpause(f.ctx(), f.spec.name);
    f.runs_on();
    // A runtime that freezes what is frozen has no need of another start.
    CHECK(f.starts() <= 2);
}

TEST_CASE("one that runs is not started again, and does not stay paused") {
    if (!is_podman()) return;
    Torn f;
    f.backend->unpause(f.ctx(), f.spec.name);
    f.runs_on();
    CHECK(f.starts() == 1);
}

}  // namespace
}  // namespace nexus::test
