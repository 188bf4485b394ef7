// The reconciler over the house, with a clock of the test's, and turns that are taken at once.
// Threads: one.
#pragma once

#include "tenants/crash_loops.hpp"
#include "tenants/reconciler.hpp"
#include "tenants/runtime_spec.hpp"
#include "unit/tenants/house.hpp"

namespace nexus::tenants {

struct Keeper : House {
    WallTime now{std::chrono::hours(480'000)};
    std::vector<TenantEvent> heard;
    std::set<TenantId> busy;  // a job of theirs runs
    std::map<TenantId, Place> away;
    std::set<TenantId> unsettled;
    std::vector<TenantId> turns;
    CrashLoops loops;
    EndedRuntimes ended;
    Roster roster{store, settings};
    Repair repair{backend, store, lifecycle, book, loops, settings, log, outside()};
    Reconciler reconciler = make_reconciler(roster, false);

    Repair::Outside outside() {
        return {[this](const TenantEvent& event) { heard.push_back(event); },
                [this] { return now; }, [this](const TenantId& tenant) { return place_of(tenant); },
                [this](const TenantId& tenant) { return unsettled.count(tenant) > 0; }};
    }
    Reconciler make_reconciler(Roster& tenants, bool accept_mass_change) {
        return {{backend, tenants, repair, book, loops, ended},
                settings,
                log,
                {in_turn(), [this](const TenantId& tenant) { return busy.count(tenant) > 0; }},
                outside(),
                {accept_mass_change}};
    }
    InTurn in_turn() {
        return [this](const TenantId& tenant, const std::function<void(const Turn&)>& work) {
            if (busy.count(tenant) > 0) return false;
            turns.push_back(tenant);
            work({[] {}, cancel.fd()});
            return true;
        };
    }
    Place place_of(const TenantId& tenant) const {
        const auto found = away.find(tenant);
        return found == away.end() ? Place::here : found->second;
    }
    void cycle(std::chrono::milliseconds later = std::chrono::milliseconds(0)) {
        now += later;
        reconciler.cycle(cancel.fd());
    }
    ContainerState& runtime(const TenantId& tenant) {
        return backend.containers.at(runtime_name(tenant));
    }
    ContainerState& runtime() { return runtime(acme); }
    // The run that is under way ends `up` after it began.
    void crash(std::chrono::milliseconds up = std::chrono::seconds(1)) {
        now += up;
        runtime().phase = Phase::exited;
        runtime().exit_code = 3;
        runtime().started_at = format_timestamp(now - up);
        runtime().finished_at = format_timestamp(now);
    }
    std::vector<TenantId> provision_many(int count) {
        std::vector<TenantId> tenants;
        for (int i = 0; i < count; ++i) {
            acme = *TenantId::parse("tenant-" + std::to_string(i));
            provision();
            tenants.push_back(acme);
        }
        return tenants;
    }
    long running() const {
        return std::count_if(backend.containers.begin(), backend.containers.end(),
                             [](const auto& each) { return each.second.phase == Phase::running; });
    }
};

}  // namespace nexus::tenants
