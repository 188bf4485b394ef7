#include "tenants/next_step.hpp"

#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

// What an older deployment made says nothing of its spec, and runs on until a job replaces it.
bool drifted(const ContainerState& runtime, const std::string& spec) noexcept {
    const auto label = runtime.labels.find(spec_label);
    return label != runtime.labels.end() && label->second != spec;
}

Step step_to_running(const std::string& spec, const ContainerState* runtime) noexcept {
    if (runtime == nullptr) return Step::bring_up;
    switch (runtime->phase) {
        case Phase::created:
        case Phase::exited:
            return Step::bring_up;
        case Phase::dead:
            return Step::replace;
        case Phase::restarting:
            return drifted(*runtime, spec) ? Step::replace : Step::watch;
        case Phase::running:
            return drifted(*runtime, spec) ? Step::replace : Step::none;
        case Phase::removing:  // looked at until it is gone, since its engine may have died
                               // meanwhile
            return Step::watch;
        case Phase::paused:  // somebody reads its volumes, and lets it go on
            break;
    }
    return Step::none;
}

}  // namespace

Step next_step(const TenantRecord& record, const std::string& spec, const ContainerState* runtime,
               bool aside) noexcept {
    if (record.desired == Desired::deleted) return Step::remove;
    if (aside) return Step::settle;
    if (record.desired == Desired::running) return step_to_running(spec, runtime);
    return runtime != nullptr && runs(*runtime) ? Step::stop : Step::none;
}

bool disturbs(Step step) noexcept {
    return step == Step::replace || step == Step::stop || step == Step::remove;
}

bool runs(const ContainerState& runtime) noexcept {
    return runtime.phase == Phase::running || runtime.phase == Phase::restarting ||
           runtime.phase == Phase::paused;
}

bool is_unlabelled(const ContainerState& runtime) noexcept {
    return runtime.labels.count(tenant_label) == 0;
}

}  // namespace nexus::tenants
