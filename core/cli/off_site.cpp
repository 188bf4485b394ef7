#include "cli/off_site.hpp"

#include <cstdio>

#include "app/start_failure.hpp"
#include "backup/current_failure.hpp"
#include "cli/printable.hpp"

namespace nexus::cli {

using backup::Offsite;

Offsite::Sent hand_over(const app::BackupTools& tools, const backup::Run& run, int cancel_fd) {
    Offsite::Sent sent;
    if (!Offsite::configured()) return sent;
    ProgressLine progress;
    try {
        sent = backup::as_failure([&] {
            return Offsite(tools.dir, cancel_fd).send(run, [&progress](const std::string& what) {
                progress.show(what);
            });
        });
    } catch (const Failure& failure) {
        for (const auto& backup : run.tenants)
            sent.failed.push_back(backup.tenant);
        sent.problems.push_back(std::string("off-site: ") + failure.what() +
                                "; the backup here is complete");
    }
    progress.clear();
    for (const auto& problem : sent.problems)
        std::fprintf(stderr, "%s\n", printable(problem).c_str());
    return sent;
}

void require_repository() {
    if (Offsite::configured()) return;
    throw app::StartFailure(app::exit_config,
                            "--off-site: nothing says where the copies are; set RESTIC_REPOSITORY "
                            "and RESTIC_PASSWORD_FILE as for the backup");
}

std::unique_ptr<backup::Fetched> fetch(const app::BackupTools& tools,
                                       const backup::TenantId& tenant, const std::string& snapshot,
                                       int cancel_fd, ProgressLine& progress) {
    return backup::as_failure([&] {
        return Offsite(tools.dir, cancel_fd)
            .fetch(tenant, snapshot, [&progress](const std::string& what) { progress.show(what); });
    });
}

}  // namespace nexus::cli
