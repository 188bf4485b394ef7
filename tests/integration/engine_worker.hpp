// A runner on a real Redis and a real engine, and its one tenant, which goes with this object.
// Threads: one at a time.
#pragma once

#include <string>

#include "integration/runner.hpp"
#include "support/container_engine.hpp"

namespace nexus::test {

struct EngineWorker {
    ContainerEngine& engine = ContainerEngine::under_test();
    RedisServer redis;
    Runner runner{redis, on_engine(engine)};

    EngineWorker() { engine.remove_tenant("rt-acme"); }
    ~EngineWorker() { engine.remove_tenant("rt-acme"); }

    EngineFacts facts() const { return engine.facts("tenant_rt-acme_runtime"); }
    std::string inside(const std::string& script) const {
        return engine.exec("tenant_rt-acme_runtime", {"sh", "-c", script}).out;
    }
};

}  // namespace nexus::test
