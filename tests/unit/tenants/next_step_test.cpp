#include "tenants/next_step.hpp"

#include <doctest/doctest.h>

#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

ContainerState container(Phase phase, const char* spec = "same") {
    ContainerState state;
    state.phase = phase;
    state.labels = {{tenant_label, "acme"}, {spec_label, spec}};
    return state;
}

TenantRecord wanted(Desired desired) {
    TenantRecord record(*TenantId::parse("acme"));
    record.desired = desired;
    return record;
}

Step step(Desired desired, Phase phase, const char* spec = "same") {
    const auto state = container(phase, spec);
    return next_step(wanted(desired), "same", &state, false);
}

}  // namespace

TEST_CASE(
    "A runtime that should run is brought up, replaced where its spec changed, or left alone") {
    CHECK(next_step(wanted(Desired::running), "same", nullptr, false) == Step::bring_up);
    CHECK(step(Desired::running, Phase::created) == Step::bring_up);
    CHECK(step(Desired::running, Phase::exited) == Step::bring_up);
    CHECK(step(Desired::running, Phase::exited, "other") == Step::bring_up);
    CHECK(step(Desired::running, Phase::running) == Step::none);
    CHECK(step(Desired::running, Phase::running, "other") == Step::replace);
    CHECK(step(Desired::running, Phase::restarting) == Step::watch);
    CHECK(step(Desired::running, Phase::restarting, "other") == Step::replace);
    CHECK(step(Desired::running, Phase::dead) == Step::replace);
    CHECK(step(Desired::running, Phase::paused) == Step::none);
    CHECK(step(Desired::running, Phase::removing) == Step::watch);
}

TEST_CASE("A runtime that should be stopped is stopped where it runs") {
    CHECK(next_step(wanted(Desired::stopped), "same", nullptr, false) == Step::none);
    for (const Phase phase : {Phase::running, Phase::restarting, Phase::paused})
        CHECK(step(Desired::stopped, phase) == Step::stop);
    for (const Phase phase : {Phase::created, Phase::exited, Phase::dead, Phase::removing})
        CHECK(step(Desired::stopped, phase, "other") == Step::none);
}

TEST_CASE("What an older deployment made is not replaced for want of our labels") {
    ContainerState old = container(Phase::running);
    old.labels.clear();
    CHECK(is_unlabelled(old));
    CHECK(next_step(wanted(Desired::running), "same", &old, false) == Step::none);
    old.phase = Phase::exited;
    CHECK(next_step(wanted(Desired::running), "same", &old, false) == Step::bring_up);
}

TEST_CASE("A deletion goes before all, and a half-done update before the rest") {
    CHECK(step(Desired::deleted, Phase::running) == Step::remove);
    CHECK(next_step(wanted(Desired::deleted), "same", nullptr, true) == Step::remove);
    CHECK(next_step(wanted(Desired::running), "same", nullptr, true) == Step::settle);
    CHECK(next_step(wanted(Desired::stopped), "same", nullptr, true) == Step::settle);
}

TEST_CASE("What takes away something that runs is disturbing, and what only adds is not") {
    for (const Step each : {Step::replace, Step::stop, Step::remove})
        CHECK(disturbs(each));
    for (const Step each : {Step::none, Step::bring_up, Step::watch, Step::settle})
        CHECK_FALSE(disturbs(each));
}

}  // namespace nexus::tenants
