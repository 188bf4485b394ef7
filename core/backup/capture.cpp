#include "backup/capture.hpp"

#include "backup/capture_attempt.hpp"

namespace nexus::backup {

Capture::Captured Capture::run(const TenantBackup* before, const Options& options,
                               const tenants::JobContext& context) const {
    const std::string& tenant = context.tenant().text();
    if (parts_.journal.is_unsettled(context.tenant())) {
        throw Failure(ErrorCode::conflict,
                      "what an earlier backup or restore left of tenant " + tenant +
                          " is still to be put right; the log says what keeps it from that",
                      true);
    }
    Attempt attempt(*this, before, options, context);
    attempt.look();
    attempt.find_unchanged();
    attempt.read();
    return attempt.keep();
}

}  // namespace nexus::backup
