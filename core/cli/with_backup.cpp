#include "cli/with_backup.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/backup_exit.hpp"
#include "app/node_folders.hpp"
#include "app/start_failure.hpp"
#include "cli/client.hpp"
#include "cli/end_signals.hpp"
#include "cli/progress_line.hpp"

namespace nexus::cli {
namespace {

bool concerns_backup_dir(const config::Problem& problem) {
    return problem.setting.empty() || problem.setting.starts_with("BACKUP_");
}

// Everything but how Redis is reached and where the daemon listens.
bool concerns_tenants(const config::Problem& problem) {
    constexpr std::array<std::string_view, 6> others{
        "QUEUE_PREFIX",       "ALLOW_UNAUTHENTICATED_REDIS",
        "CONTROL_PRIVATE_IP", "RUNNER_BIND_IP",
        "LISTEN_ADDRESS",     "ALLOW_PUBLIC_BIND"};
    return !problem.setting.starts_with("REDIS_") &&
           std::find(others.begin(), others.end(), problem.setting) == others.end();
}

template <typename Use>
int with_exit_codes(const Use& use) {
    try {
        return use();
    } catch (const backup::LockHeld& error) {
        throw app::StartFailure(app::exit_lock_held, error.what());
    } catch (const BackendError& error) {
        const bool away = error.code() == Code::unavailable;
        throw app::StartFailure(away ? app::exit_unreachable : app::exit_failed, error.what());
    } catch (const Failure& failure) {
        const bool away = failure.code() == ErrorCode::backend_unavailable;
        throw app::StartFailure(away ? app::exit_unreachable : app::exit_failed, failure.what());
    }
}

}  // namespace

int with_backup_tools(const CommandLine& line,
                      const std::function<int(app::BackupTools& tools, int cancel_fd)>& use) {
    const EndSignals signals;
    const auto loaded = load_settings(line);
    refuse_problems(loaded, &concerns_tenants);
    Redactor redactor;
    redactor.add(loaded.secrets);
    Log log(STDERR_FILENO, LogLevel::warning, loaded.settings.log_format, redactor);
    app::BackupTools tools(loaded.settings, redactor, log);
    return with_exit_codes([&] {
        tools.settle(signals.fd());
        return use(tools, signals.fd());
    });
}

int with_backup_dir(const CommandLine& line, const UseBackupDir& use) {
    const EndSignals signals;
    const auto loaded = load_settings(line);
    refuse_problems(loaded, &concerns_backup_dir);
    const auto dir = app::find_backup_dir(loaded.settings);
    return with_exit_codes([&] { return use(dir, loaded.settings, signals.fd()); });
}

UniqueFd lock_backup_dir(const backup::BackupDir& dir, const std::string& command, bool wait,
                         int cancel_fd) {
    try {
        return dir.lock(command, false, cancel_fd);
    } catch (const backup::LockHeld& held) {
        if (!wait) throw;
        ProgressLine shown;
        shown.show(std::string("waiting: ") + held.what());
        return dir.lock(command, true, cancel_fd);
    }
}

}  // namespace nexus::cli
