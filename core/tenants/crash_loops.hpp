// Which runtimes fail again and again, and when each may be started next: at once after the first
// failure, then 10 s × 2ⁿ up to 5 min later, all forgotten after 10 min up (tenants.md,
// Reconciling). Threads: any.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/timestamp.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

class CrashLoops {
  public:
    struct Verdict {
        WallTime due;         // of the next start
        bool begins = false;  // with this failure it became a loop
    };

    // The run that `run` names (any text that is another for each run) ended. Told again of the
    // same run it gives the same time. `up`: how long it ran; where that is not known, the time
    // since the last failure stands for it.
    Verdict ended(const TenantId& tenant, const std::string& run,
                  std::optional<std::chrono::milliseconds> up, WallTime now);
    // A repair could not be made: the next one follows in a second, for the engine may have been in
    // the middle of something, and then waits in the same way. Returns how many failed in a row.
    int repair_failed(const TenantId& tenant, WallTime now);
    // It has run for `up`.
    void is_up(const TenantId& tenant, std::chrono::milliseconds up);

    // When the tenant may be repaired; nothing where it may be now.
    std::optional<WallTime> due(const TenantId& tenant, WallTime now) const;
    // The earliest of these times.
    std::optional<WallTime> next_due(WallTime now) const;
    bool is_looping(const TenantId& tenant) const;
    // A job changed the tenant: what was before says nothing of what comes.
    void forget(const TenantId& tenant);
    // Forgets all tenants but those that `is_known` knows.
    void retain(const std::function<bool(const TenantId&)>& is_known);

  private:
    struct Entry {
        int failures = 0;
        bool looping = false;
        std::string run;
        WallTime due{};
    };
    mutable std::mutex mutex_;
    std::map<TenantId, Entry> entries_;
};

}  // namespace nexus::tenants
