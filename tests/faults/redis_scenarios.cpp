// Redis goes: with its data, without it, and only from sight.
#include <csignal>

#include "random.hpp"
#include "scenarios.hpp"
#include "stage.hpp"
#include "support/tcp_proxy.hpp"

namespace nexus::faults {
namespace {

using std::chrono::seconds;

// With `always` a kill loses nothing that was answered. With `everysec` that can only be asked of
// an orderly end.
struct Persistence {
    const char* fsync;
    int signal;
};

Verdict restart_with(const Persistence& persistence, const Size& size) {
    Random random(size.seed);
    Stage stage({.appendonly = true, .config = {std::string("appendfsync ") + persistence.fsync}});
    stage.planned = plan(load_of(size));
    stage.launch();
    const auto a_restart = size.jobs / (size.faults + 1) + 1;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_restart);
        stage.progress(1 + random.below(a_restart), seconds(20));
        stage.redis.signal(persistence.signal);
        stage.lives_for(random.time(milliseconds(0), milliseconds(1500)));
        stage.redis.stop();
        stage.redis.start();
    }
    stage.add(stage.left());
    return stage.finish();
}

}  // namespace

Report redis_restart(const Size& size) {
    Verdict verdict = restart_with({"always", SIGKILL}, size);
    verdict.add(restart_with({"everysec", SIGTERM}, size));
    return {verdict,
            counted(size.faults, "restart") + " each with appendfsync always and everysec"};
}

Report flush(const Size& size) {
    Random random(size.seed);
    Stage stage;
    auto load = load_of(size);
    load.repeated_percent = 0;  // what Redis forgot may run again where it is added again
    stage.planned = plan(load);
    stage.launch();
    const auto a_flush = size.jobs / (size.faults + 1) + 1;
    std::size_t spared = 0;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_flush);
        stage.progress(1 + random.below(a_flush / 2), seconds(20));
        stage.evidence.may_be_lost.merge(stage.client.flush());
        spared = stage.evidence.may_be_lost.size();
    }
    stage.add(stage.left());
    return {stage.finish(), counted(size.faults, "FLUSHALL") + ", " + counted(spared, "job") +
                                " not routed by then"};
}

Report network(const Size& size) {
    Random random(size.seed);
    Stage stage;
    test::TcpProxy proxy(stage.redis.port());
    stage.runner.env()["REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(proxy.port()) + "/0";
    stage.planned = plan(load_of(size));
    stage.launch();
    const auto a_fault = size.jobs / (size.faults + 1) + 1;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_fault);
        stage.progress(1 + random.below(a_fault), seconds(20));
        switch (random.below(3)) {
            case 0:
                proxy.cut();
                break;
            case 1:
                proxy.delay(random.time(milliseconds(5), milliseconds(50)));
                stage.lives_for(random.time(milliseconds(200), milliseconds(1000)));
                proxy.delay(milliseconds(0));
                break;
            default:
                // Sometimes longer than a call waits for its answer.
                proxy.blackhole(true);
                stage.lives_for(random.time(milliseconds(200), milliseconds(6000)));
                if (random.percent(50)) proxy.cut();
                proxy.blackhole(false);
        }
    }
    stage.add(stage.left());
    return {stage.finish(), counted(size.faults, "fault")};
}

}  // namespace nexus::faults
