// Brings one tenant back to its desired state where no job does: looks again, takes the one step
// that is due, and tells what came of it. Threads: any, as long as no two work on one tenant at
// once.
#pragma once

#include <functional>
#include <nexus/backend.hpp>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/crash_loops.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/next_step.hpp"
#include "tenants/place.hpp"
#include "tenants/status_book.hpp"
#include "tenants/tenant_store.hpp"
#include "tenants/turn.hpp"

namespace nexus::tenants {

class Repair {
  public:
    // What it reaches out with.
    struct Outside {
        std::function<void(TenantEvent)> tell;
        std::function<WallTime()> now = wall_now;
        PlaceOf place_of = [](const TenantId& /*tenant*/) { return Place::here; };
        // Whether a backup or a restore has left something of the tenant that is to be put right
        // first: its volumes may be half exchanged.
        std::function<bool(const TenantId&)> is_unsettled = [](const TenantId& /*tenant*/) {
            return false;
        };
    };

    // All references must outlive this object.
    Repair(Backend& backend, const TenantStore& store, Lifecycle& lifecycle, StatusBook& book,
           CrashLoops& loops, const config::Settings& settings, Log& log, Outside outside);

    // What the comparison found.
    struct Hint {
        bool may_disturb = false;    // nothing is stopped, replaced or removed without it
        bool aside = false;          // a former runtime is kept beside this one
        std::int64_t exit_code = 0;  // of a run that the engine has let another follow
    };
    void run(const TenantId& tenant, const Turn& turn, Hint hint) noexcept;

  private:
    using Runtime = std::optional<ContainerState>;
    void mend(JobContext& context, Hint hint);
    void yield(JobContext& context);
    void adopt(const JobContext& context);
    Runtime look(const JobContext& context);
    void watch(const TenantRecord& record, const ContainerState& runtime,
               const JobContext& context);
    void take(Step step, const TenantRecord& record, const Runtime& runtime, JobContext& context);
    void bring_up(const TenantRecord& record, const Runtime& runtime, const JobContext& context);
    std::optional<std::string> missing_volume(const TenantId& tenant, const JobContext& context);
    void require_volumes(const TenantRecord& record, const JobContext& context);
    bool may_start(const TenantRecord& record, const ContainerState& runtime,
                   const JobContext& context);
    void tell_loop(const TenantRecord& record, const ContainerState& runtime,
                   const JobContext& context);
    void failed(const TenantId& tenant, const Failure& failure);
    void tell(std::vector<TenantEvent> events);

    Backend& backend_;
    const TenantStore& store_;
    Lifecycle& lifecycle_;
    Convergence convergence_;
    StatusBook& book_;
    CrashLoops& loops_;
    const config::Settings& settings_;
    Log& log_;
    Outside outside_;
};

}  // namespace nexus::tenants
