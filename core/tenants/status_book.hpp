// What is known of each tenant of this node, and which state of it the world was told last.
// Threads: any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nexus/backend.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "tenants/event.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

// As it stands in a TenantStatus: "missing" where there is no runtime, else its phase, unless it is
// "unhealthy" or in a "crash_loop".
std::string observed_state(const ContainerState* runtime, bool looping);

struct TenantStatus {
    std::string desired;   // as in tenant.json; empty where that cannot be read
    std::string observed;  // as observed_state
    std::string image;
    WallTime since{};           // it is observed so, as far as this process knows
    std::int64_t restarts = 0;  // by this process or by the engine, whichever knows of more
    std::string last_error;     // of a job or of a repair; empty once all is well again
};

class StatusBook {
  public:
    // Adds members to the event's payload.
    using Details = std::function<void(json::Writer&)>;

    // The event that tells of `state`; none where it is the one last told. `job_id`: empty where
    // the reconciler saw it.
    std::vector<TenantEvent> tell(
        const TenantId& tenant, const std::string& state, const std::string& job_id,
        const Details& details = [](json::Writer&) {});
    // The state last told by this process; empty where none was.
    std::string told(const TenantId& tenant) const;

    // A comparison saw the tenant so.
    void observe(const TenantId& tenant, const TenantRecord& record, const std::string& observed,
                 WallTime now);
    // Its files cannot be read.
    void unreadable(const TenantId& tenant, const std::string& problem, WallTime now);
    void restarted(const TenantId& tenant);
    // The engine counts this many.
    void restarts(const TenantId& tenant, std::int64_t count);
    void failed(const TenantId& tenant, const std::string& message);
    void went_well(const TenantId& tenant);
    void forget(const TenantId& tenant);
    // Forgets all tenants but those that `is_known` knows.
    void retain(const std::function<bool(const TenantId&)>& is_known);

    std::map<TenantId, TenantStatus> all() const;

    // Of all together.
    struct Totals {
        // By desired and observed state, as in TenantStatus.
        std::map<std::pair<std::string, std::string>, std::size_t> tenants;
        // Since the start of the process, of tenants that are gone too.
        std::uint64_t restarts = 0;
    };
    Totals totals() const;

  private:
    struct Entry {
        TenantStatus status;
        std::string told;
    };
    mutable std::mutex mutex_;
    std::map<TenantId, Entry> entries_;
    std::uint64_t restarts_ = 0;
};

}  // namespace nexus::tenants
