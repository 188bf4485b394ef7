#include "tenants/turn.hpp"

#include "base/random.hpp"

namespace nexus::tenants {

JobContext circumstances(const TenantId& tenant, const Turn& turn, const std::string& purpose,
                         const config::Settings& settings) {
    return {{purpose + "-" + make_id(), 1, 1},
            tenant,
            settings.job_timeout,
            JobContext::Clock::now() + settings.job_timeout,
            turn.cancel_fd,
            turn.permit};
}

}  // namespace nexus::tenants
