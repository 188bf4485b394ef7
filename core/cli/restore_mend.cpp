// restore: what to do about a backup that is damaged.
#include "backup/offsite.hpp"
#include "backup/run_store.hpp"
#include "backup/verification.hpp"
#include "cli/restore.hpp"

namespace nexus::cli {
namespace {

using backup::TenantId;

constexpr const char* latest = "latest";

// Nothing where "latest" is a run that cannot be read: every one that can be is older.
std::string damaged_run(const app::BackupTools& tools, const RestoreAsked& asked,
                        const TenantId& source) {
    if (asked.snapshot != latest) return asked.snapshot;
    try {
        return backup::RunStore(tools.dir).find(source, latest).id;
    } catch (const Failure&) {
        return {};
    }
}

std::string older_run(const app::BackupTools& tools, const RestoreAsked& asked,
                      const TenantId& source, const std::string& again, int cancel_fd) {
    try {
        const auto older =
            backup::newest_whole(tools.dir, source, damaged_run(tools, asked, source), cancel_fd);
        if (!older) return "; no older run has all of " + source.text() + " undamaged";
        return "; the newest older run that is undamaged: " + again + " --snapshot " + *older;
    } catch (const std::exception& error) {
        return std::string("; an older run could not be looked for: ") + error.what();
    }
}

}  // namespace

std::string mend_of_damaged(const app::BackupTools& tools, const RestoreAsked& asked,
                            const TenantId& source, const TenantId& target, int cancel_fd) {
    std::string again = "nexus-runner restore " + source.text();
    if (target != source) again += " --as " + target.text();
    if (asked.take_over) again += " --take-over";
    std::string mend = older_run(tools, asked, source, again, cancel_fd);
    if (!backup::Offsite::configured()) return mend;
    mend += "; the copy off-site: " + again + " --off-site";
    return asked.snapshot == latest ? mend : mend + " --snapshot " + asked.snapshot;
}

}  // namespace nexus::cli
