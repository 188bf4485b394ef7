// What each tenant must have become, job by job: the part of the oracle that knows the verbs.
#include <algorithm>
#include <map>

#include "oracle.hpp"

namespace nexus::faults {
namespace {

enum class Life { unknown, absent, stopped, running };

const char* to_string(Life life) {
    switch (life) {
        case Life::absent:
            return "absent";
        case Life::stopped:
            return "stopped";
        case Life::running:
            return "running";
        case Life::unknown:
            break;
    }
    return "unknown";
}

// Empty: it succeeds.
std::string expected_code(Life life, const std::string& action) {
    const bool needs_tenant = action != "provision" && action != "delete";
    return life == Life::absent && needs_tenant ? "tenant_not_found" : "";
}

Life after_success(Life life, const std::string& action) {
    if (action == "health" || action == "apply_config" || action == "backup") return life;
    if (action == "delete") return Life::absent;
    return action == "stop" ? Life::stopped : Life::running;
}

std::string object_name(const std::string& tenant, const char* what) {
    return "tenant_" + tenant + "_" + what;
}

class Tenants {
  public:
    Tenants(const Evidence& evidence, Verdict& verdict) : evidence_(evidence), verdict_(verdict) {
        for (const auto& result : evidence.results)
            results_.try_emplace(result.job, &result);
    }

    void follow(const PlannedJob& job) {
        auto& life = lives_.try_emplace(job.tenant, Life::absent).first->second;
        const auto found = results_.find(job.id);
        if (found == results_.end()) {
            // One that may be lost was never begun; one that was lost may have been.
            if (evidence_.may_be_lost.count(job.id) == 0) life = Life::unknown;
            return;
        }
        const Result& result = *found->second;
        results_.erase(found);  // a job that was added twice counts where it was first
        if (result.code.empty() && result.status == "succeeded") {
            require(life == Life::unknown || expected_code(life, job.action).empty(), job, result,
                    life);
            life = after_success(life, job.action);
        } else if (result.code == "tenant_not_found") {
            require(life == Life::unknown || expected_code(life, job.action) == result.code, job,
                    result, life);
        } else {
            require(excused(result), job, result, life);
            life = Life::unknown;
        }
    }

    void compare_with_engine() const {
        for (const auto& [tenant, life] : lives_) {
            if (life != Life::unknown) compare(tenant, life);
        }
    }

  private:
    void require(bool holds, const PlannedJob& job, const Result& result, Life life) const {
        if (holds) return;
        verdict_.add_wrong(job.id + " (" + job.action + " " + job.tenant + ", which was " +
                           to_string(life) + ") " + result.status + " with '" + result.code +
                           "': " + result.message);
    }

    // A job in whose course the runner died three times is not run again.
    bool excused(const Result& result) const {
        constexpr auto deadly = 3;
        if (evidence_.excusable.count(result.code) > 0) return true;
        if (result.code != "poison" || !result.queued_at || !result.finished_at) return false;
        const auto deaths =
            std::count_if(evidence_.kills.begin(), evidence_.kills.end(), [&](WallTime kill) {
                return *result.queued_at <= kill && kill <= *result.finished_at;
            });
        if (deaths >= deadly) ++verdict_.poisoned;
        return deaths >= deadly;
    }

    void compare(const std::string& tenant, Life life) const {
        const auto& engine = evidence_.engine;
        const auto container = engine.containers.find(object_name(tenant, "runtime"));
        const std::string phase = container == engine.containers.end() ? "none" : container->second;
        const bool fits = life == Life::running   ? phase == "running"
                          : life == Life::stopped ? phase == "exited" || phase == "created"
                                                  : phase == "none";
        if (!fits) wrong(tenant, life, "its container is " + phase);
        if (engine.containers.count(object_name(tenant, "previous")) > 0) {
            wrong(tenant, life, "a runtime of an earlier image stands aside");
        }
        const bool there = life != Life::absent;
        for (const char* what : {"session", "state"})
            expect(there, engine.volumes, object_name(tenant, what), tenant, life);
        expect(there, engine.networks, object_name(tenant, "net"), tenant, life);
        if (there != (evidence_.placed.count(tenant) > 0)) {
            wrong(tenant, life, there ? "Redis has no node for it" : "Redis has a node for it");
        }
    }

    void expect(bool there, const std::vector<std::string>& names, const std::string& name,
                const std::string& tenant, Life life) const {
        const bool found = std::find(names.begin(), names.end(), name) != names.end();
        if (found != there) wrong(tenant, life, name + (found ? " is there" : " is not there"));
    }

    void wrong(const std::string& tenant, Life life, const std::string& what) const {
        verdict_.add_wrong(tenant + " should be " + to_string(life) + ", but " + what);
    }

    const Evidence& evidence_;
    Verdict& verdict_;
    std::map<std::string, const Result*> results_;
    std::map<std::string, Life> lives_;
};

}  // namespace

void follow_tenants(const Evidence& evidence, Verdict& verdict) {
    Tenants tenants(evidence, verdict);
    std::set<std::string> followed;
    for (const auto& job : evidence.jobs) {
        if (followed.insert(job.id).second) tenants.follow(job);
    }
    tenants.compare_with_engine();
}

}  // namespace nexus::faults
