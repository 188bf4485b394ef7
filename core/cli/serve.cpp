#include <poll.h>
#include <unistd.h>

#include <atomic>

#include "app/preflight.hpp"
#include "app/runner.hpp"
#include "base/cancel.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/end_signals.hpp"

namespace nexus::cli {
namespace {

using app::StartFailure;

// In one line of a log, and still good to be run.
std::string joined(const std::vector<std::string>& commands) {
    std::string text;
    for (const auto& command : commands)
        text.append(text.empty() ? "" : "; ").append(command);
    return text;
}

void report(Log& log, const std::vector<app::Finding>& findings) {
    for (const auto& finding : findings) {
        if (finding.severity == app::Finding::Severity::warning) {
            if (finding.commands.empty()) {
                log.warning(finding.message, {{"check", finding.subject}});
            } else {
                log.warning(finding.message,
                            {{"check", finding.subject}, {"commands", joined(finding.commands)}});
            }
        } else if (finding.severity == app::Finding::Severity::error) {
            throw StartFailure(finding.exit_code, finding.message);
        }
    }
}

// What ended the wait of a running daemon.
struct End {
    CancelSource lost;
    std::atomic<queue::Loss> loss{queue::Loss::fault};
};

int run(config::Loaded loaded, app::Runner::Options options, Redactor& redactor, Log& log,
        const EndSignals& signals) {
    End end;
    report(log, app::try_redis(loaded.settings));
    app::BackendHost backend(loaded.settings, log);
    const Info info = backend.probe();
    report(log, app::check_backend(loaded.settings, backend, info));
    report(log, app::try_folders(loaded.settings));
    app::Runner runner(std::move(loaded.settings), options, backend, info, redactor, log,
                       [&](queue::Loss loss, const std::string& why) {
                           log.error("this runner ends: " + why);
                           end.loss = loss;
                           end.lost.cancel();
                       });
    runner.start();
    pollfd waits[] = {{signals.fd(), POLLIN, 0}, {end.lost.fd(), POLLIN, 0}};
    while (::poll(waits, 2, -1) < 0 && errno == EINTR) {
    }
    const bool signalled = (waits[0].revents & POLLIN) != 0;
    if (signalled) signals.let_through();
    runner.stop();
    if (!end.lost.cancelled()) return app::exit_done;
    return end.loss == queue::Loss::lease ? app::exit_lease_held : app::exit_failed;
}

int serve(const CommandLine& line, app::Runner::Options options) {
    const EndSignals signals;
    auto loaded = load_settings(line);
    Redactor redactor;
    redactor.add(loaded.secrets);
    Log log(STDERR_FILENO, loaded.settings.log_level, loaded.settings.log_format, redactor);
    for (const auto& problem : loaded.problems)
        log.error(problem.message, {{"setting", problem.setting}});
    if (!loaded.problems.empty()) {
        throw StartFailure(
            app::exit_config,
            "the settings above must be mended first; nexus-runner check-config shows "
            "them all");
    }
    try {
        return run(std::move(loaded), options, redactor, log, signals);
    } catch (const StartFailure& failure) {
        log.error(failure.what());
        return failure.code();
    }
}

}  // namespace

void add_serve(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "serve", "Run the daemon until SIGTERM or SIGINT; a second signal ends it at once");
    auto options = std::make_shared<app::Runner::Options>();
    command.add_flag(
        "--accept-mass-change", options->accept_mass_change,
        "Let this start stop, replace or remove more than half of the tenants at once, "
        "where the log and /readyz say that it would");
    command.callback(
        [&line, options] { line.run = [&line, options] { return serve(line, *options); }; });
    line.run = [&line] { return serve(line, {}); };  // the default
}

}  // namespace nexus::cli
