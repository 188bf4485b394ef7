// Tenants whose runtime ended, as the engine reports it, until somebody looks. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

class EndedRuntimes {
  public:
    using ExitCodes = std::map<TenantId, std::int64_t>;

    void add(const TenantId& tenant, std::int64_t exit_code) {
        const std::scoped_lock lock(mutex_);
        tenants_.insert_or_assign(tenant, exit_code);
    }
    // Those since the last call, each with the exit code of its last end.
    ExitCodes take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(tenants_, {});
    }

  private:
    std::mutex mutex_;
    ExitCodes tenants_;
};

}  // namespace nexus::tenants
