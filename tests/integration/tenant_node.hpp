// A runner on the engine under test, and tenants that are gone with it. Threads: one at a time.
#pragma once

#include <string>
#include <vector>

#include "integration/runner.hpp"

namespace nexus::test {

inline const std::vector<std::string> tenants{"rt-one", "rt-two", "rt-three"};

inline std::string runtime_of(const std::string& tenant) {
    return "tenant_" + tenant + "_runtime";
}

// What a shell in the tenant's container prints, without the last newlines.
std::string inside(const ContainerEngine& engine, const std::string& tenant,
                   const std::string& script);

// A line of a shell as the operator runs it, with the engine found where the test has it.
Finished as_operator(const ContainerEngine& engine, const std::string& line);

json::Document parsed(const std::string& text);

struct TenantNode {
    ContainerEngine& engine = ContainerEngine::under_test();
    RedisServer redis;
    Runner runner{redis, on_engine(engine)};

    TenantNode() { remove(); }
    TenantNode(const TenantNode&) = delete;
    TenantNode& operator=(const TenantNode&) = delete;
    ~TenantNode() { remove(); }

    std::string provision(const std::string& tenant) const {
        return at(runner.job({"provision", tenant}), "/detail");
    }
    // With a payload in JSON; the job's result.
    json::Document provision(const std::string& tenant, const std::string& payload) const;
    std::string inside(const std::string& tenant, const std::string& script) const {
        return test::inside(engine, tenant, script);
    }

  private:
    void remove() const {
        for (const auto& tenant : tenants)
            engine.remove_tenant(tenant);
    }
};

}  // namespace nexus::test
