// The master goes, and a replica takes its place.
#include "random.hpp"
#include "scenarios.hpp"
#include "stage.hpp"
#include "support/sentinel.hpp"

namespace nexus::faults {

using std::chrono::seconds;

// What counts at the end is what the last master has: a result that only the one before it had is
// none.
Report failover(const Size& size) {
    constexpr int replicas = 2;
    Random random(size.seed);
    test::SentinelGroup group;
    Stage stage({}, group.settings());
    stage.client.follow([&group] { return local(group.master().port()); }, replicas);
    stage.planned = plan(load_of(size));
    stage.launch();
    const auto a_failover = size.jobs / (size.faults + 1) + 1;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_failover);
        stage.progress(1 + random.below(a_failover), seconds(20));
        if (i % 2 == 0) {
            group.kill_master().start();
        } else {
            group.fail_over();
        }
        stage.lives_for(milliseconds(0));
        group.settle();
    }
    stage.add(stage.left());
    stage.settle();
    stage.client.read_again();
    return {stage.finish(), counted(size.faults, "failover")};
}

}  // namespace nexus::faults
