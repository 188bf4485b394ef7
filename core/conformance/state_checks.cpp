// What a running container can be put into, told of and heard of.
#include <algorithm>

#include "conformance/bench.hpp"

namespace nexus::conformance {
namespace {

using std::chrono::seconds;

void is_paused_twice(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    auto& backend = bench.backend();
    bench.need_operation("pause", [&] { backend.pause(bench.ctx(), spec.name); });
    backend.pause(bench.ctx(), spec.name);
    expect_phase(bench, spec.name, Phase::paused);
    backend.unpause(bench.ctx(), spec.name);
    backend.unpause(bench.ctx(), spec.name);
    expect_phase(bench, spec.name, Phase::running);
    backend.stop(bench.ctx(), spec.name, seconds(5));
    expect_code(Code::conflict, "pausing a stopped container",
                [&] { backend.pause(bench.ctx(), spec.name); });
    expect_code(Code::not_found, "pausing a missing container",
                [&] { backend.pause(bench.ctx(), bench.name("nothing")); });
}

void paused_one_stops(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    bench.need_operation("pause", [&] { bench.backend().pause(bench.ctx(), spec.name); });
    bench.backend().stop(bench.ctx(), spec.name, seconds(5));
    expect_phase(bench, spec.name, Phase::exited);
}

void is_renamed(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    const auto other = bench.running("other", obedient());
    auto& backend = bench.backend();
    const std::string id = bench.state(spec.name).id;
    const std::string new_name = bench.name("renamed");
    bench.need_operation("rename",
                         [&] { backend.rename(bench.ctx(), bench.name("nothing"), new_name); });
    expect_code(Code::exists, "renaming to a name that is taken",
                [&] { backend.rename(bench.ctx(), spec.name, other.name); });
    auto at_new_name = spec;
    at_new_name.name = new_name;
    backend.rename(bench.ctx(), spec.name, new_name);
    bench.create(at_new_name);  // one that exists is returned, and is removed at the end
    expect(bench.state(new_name).id == id, "the renamed container is another one");
    expect_phase(bench, new_name, Phase::running);
    expect(!backend.inspect(bench.ctx(), spec.name), "the old name still finds a container");
    expect_code(Code::not_found, "renaming a missing container",
                [&] { backend.rename(bench.ctx(), spec.name, bench.name("again")); });
}

void stats_are_told(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    auto& backend = bench.backend();
    Stats stats;
    bench.need_operation("stats", [&] { stats = backend.stats(bench.ctx(), spec.name); });
    expect(stats.memory_bytes > 0 && stats.pids > 0,
           "a running container uses no memory, or has no process");
    expect(stats.memory_limit_bytes == spec.memory_bytes,
           "the memory limit is " + std::to_string(stats.memory_limit_bytes) + " instead of " +
               std::to_string(spec.memory_bytes));
    backend.stop(bench.ctx(), spec.name, seconds(5));
    stats = backend.stats(bench.ctx(), spec.name);
    expect(stats.memory_bytes == 0 && stats.pids == 0, "a stopped container uses something");
    expect_code(Code::not_found, "the stats of a missing container",
                [&] { backend.stats(bench.ctx(), bench.name("nothing")); });
}

void events_are_heard(Bench& bench) {
    auto spec = bench.spec("runtime", obedient());
    spec.labels["io.nexus.tenant"] = "check";
    bench.create(spec);
    bench.backend().start(bench.ctx(), spec.name);
    bench.backend().stop(bench.ctx(), spec.name, seconds(10));
    bench.backend().remove(bench.ctx(), spec.name);
    for (const char* action : {"created", "started", "exited", "removed"}) {
        bench.wait_until(std::string("an event \"") + action + "\" of the container", [&] {
            const auto events = bench.heard().events();
            return std::any_of(events.begin(), events.end(), [&](const Event& event) {
                return event.action == action && event.container == spec.name &&
                       event.tenant == "check";
            });
        });
    }
}

}  // namespace

std::vector<Check> state_checks() {
    return {
        {"pause-twice", "pause and unpause are idempotent", is_paused_twice},
        {"stop-paused", "a paused container can be stopped", paused_one_stops},
        {"rename", "rename keeps the container, and refuses a taken name", is_renamed},
        {"stats", "stats tell what a container uses", stats_are_told},
        {"events", "creation, start, exit and removal are events soon", events_are_heard},
    };
}

}  // namespace nexus::conformance
