#include "cli/with_backend.hpp"

#include <unistd.h>

#include "app/backend_host.hpp"
#include "app/start_failure.hpp"
#include "cli/client.hpp"

namespace nexus::cli {
namespace {

bool concerns_backend(const config::Problem& problem) {
    return problem.setting.empty() || problem.setting.starts_with("BACKEND") ||
           problem.setting == "PLUGIN_DIR" || problem.setting == "NODE_NAME";
}

}  // namespace

int with_backend(const CommandLine& line,
                 const std::function<void(Backend&, const config::Settings&)>& use) {
    const auto loaded = load_settings(line);
    refuse_problems(loaded, &concerns_backend);
    Redactor redactor;
    redactor.add(loaded.secrets);
    Log log(STDERR_FILENO, LogLevel::warning, loaded.settings.log_format, redactor);
    app::BackendHost host(loaded.settings, log);
    try {
        use(host.backend(), loaded.settings);
        return app::exit_done;
    } catch (const BackendError& error) {
        const bool away = error.code() == Code::unavailable;
        throw app::StartFailure(away ? app::exit_unreachable : app::exit_failed, error.what());
    }
}

}  // namespace nexus::cli
