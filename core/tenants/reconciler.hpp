// Compares what should be with what is, for all tenants of the node at once: one listing of the
// engine's containers a cycle. What differs is mended in the tenant's own turn, so that a job and a
// repair never work on one tenant at the same time. Threads: cycle, is_unsure and next_due belong
// to one; the rest may be called from any.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tenants/ended_runtimes.hpp"
#include "tenants/listing.hpp"
#include "tenants/repair.hpp"
#include "tenants/roster.hpp"

namespace nexus::tenants {

class Reconciler {
  public:
    struct Options {
        bool accept_mass_change = false;  // --accept-mass-change, until nothing needs it any more
    };

    // All must outlive this object, and no turn may begin after it. What `ended` holds is looked at
    // also where the engine has started it again by then.
    struct Parts {
        Backend& backend;
        Roster& roster;
        Repair& repair;
        StatusBook& book;
        CrashLoops& loops;
        EndedRuntimes& ended;
    };
    struct Jobs {
        InTurn in_turn;
        HasJob has_job;
    };
    Reconciler(Parts parts, const config::Settings& settings, Log& log, Jobs jobs,
               Repair::Outside outside, Options options);

    // One comparison. Never throws: what went wrong is logged once, and in `problem`. `cancel_fd`
    // becomes readable once the process is to end.
    void cycle(int cancel_fd) noexcept;

    // When a repair that had to wait is due; nothing where none waits.
    std::optional<WallTime> next_due() const { return loops_.next_due(outside_.now()); }

    // What was seen may have been a moment in which many jobs ended at once: the next comparison is
    // to come soon.
    bool is_unsure() const noexcept { return unsure_; }

    // Why tenants are not kept as they should be, and what to do; nothing while all is well.
    std::optional<std::string> problem() const;

    // Images that a tenant's record or a container of ours names, by the last comparison that knew
    // them all; nothing before the first.
    std::optional<std::set<std::string>> images_in_use() const;

  private:
    struct Difference {
        Step step = Step::none;
        Repair::Hint hint;
    };
    using Differences = std::map<TenantId, Difference>;

    void compare(const CallContext& ctx);
    Differences differences(const Roster::Entries& tenants, const Listing& listing);
    Difference difference(const TenantId& tenant, const RosterEntry& entry, const Listing& listing,
                          const EndedRuntimes::ExitCodes& ended) const;
    void observe(const TenantId& tenant, const RosterEntry& entry, const ContainerState* runtime);
    void tell_recovery(const TenantId& tenant, const std::string& observed);
    bool may_disturb(const Roster::Entries& tenants, const Listing& listing,
                     const Differences& differences);
    std::optional<std::string> mass_change(const Roster::Entries& tenants, const Listing& listing,
                                           const Differences& differences);
    void mend(const Differences& differences, bool may_disturb);
    bool take_turn(const TenantId& tenant);
    void report_orphans(const std::set<std::string>& orphans);
    void note_images(const Roster::Entries& tenants, const Listing& listing);
    void engine_away(const std::string& why);
    void engine_back();
    void set_problem(std::optional<std::string> problem);

    Backend& backend_;
    Roster& roster_;
    Repair& repair_;
    StatusBook& book_;
    CrashLoops& loops_;
    EndedRuntimes& ended_;
    const config::Settings& settings_;
    Log& log_;
    Jobs jobs_;
    Repair::Outside outside_;
    Options options_;
    bool engine_away_ = false;
    bool held_ = false;                // the last comparison would have changed too many at once
    bool unsure_ = false;              // and the one before would not
    std::set<std::string> suspected_;  // orphans of the last comparison
    std::set<std::string> reported_;   // and those that were logged
    mutable std::mutex mutex_;
    std::set<TenantId> in_turn_now_;  // a turn was asked for and has not ended
    std::optional<std::string> problem_;
    std::optional<std::set<std::string>> images_;
};

}  // namespace nexus::tenants
