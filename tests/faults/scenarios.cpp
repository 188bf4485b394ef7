#include "scenarios.hpp"

#include <array>

namespace nexus::faults {

std::span<const Scenario> scenarios() {
    static constexpr std::array all{
        Scenario{"kill", "SIGKILL of the runner at random times", {0, 400, 20, 12}, kill},
        Scenario{"points",
                 "SIGKILL at each named point of a job's walk, --each times",
                 {0, 0, 12, 1},
                 points},
        Scenario{"redis-restart",
                 "Redis is killed and restarted, with its data",
                 {0, 400, 20, 2},
                 redis_restart},
        Scenario{"flush", "FLUSHALL in the middle", {0, 600, 30, 1}, flush},
        Scenario{
            "network", "the connection is cut, slowed and swallowed", {0, 400, 20, 6}, network},
        Scenario{"engine", "the engine is not available for some tenants", {0, 150, 15, 2}, engine},
        Scenario{"disk", "STATE_DIR and TENANT_ROOT are full for a while", {0, 200, 15, 1}, disk},
        Scenario{"pause",
                 "SIGSTOP beyond the lease, another process takes over, SIGCONT",
                 {0, 200, 15, 1},
                 pause},
        Scenario{
            "twins", "a second process for the node while the first lives", {0, 200, 15, 4}, twins},
    };
    return all;
}

Load load_of(const Size& size) {
    Load load;
    load.seed = size.seed;
    load.jobs = size.jobs;
    load.tenants = size.tenants;
    return load;
}

std::string counted(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace nexus::faults
