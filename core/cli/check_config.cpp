#include <unistd.h>

#include <cstdio>

#include "app/preflight.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/printable.hpp"

namespace nexus::cli {
namespace {

using app::Finding;

std::vector<Finding> problems_of(const config::Loaded& loaded) {
    std::vector<Finding> findings;
    for (const auto& problem : loaded.problems) {
        findings.push_back({Finding::Severity::error,
                            problem.setting.empty() ? "settings_file" : problem.setting,
                            problem.message, app::exit_config});
    }
    return findings;
}

const char* to_string(Finding::Severity severity) {
    switch (severity) {
        case Finding::Severity::good:
            return "ok";
        case Finding::Severity::warning:
            return "warning";
        case Finding::Severity::error:
            break;
    }
    return "error";
}

void print_json(const config::Loaded& loaded, const std::vector<Finding>& findings) {
    json::Writer writer;
    writer.begin_object().begin_array("settings");
    for (const auto& value : loaded.values) {
        writer.begin_object()
            .member("name", value.name)
            .member("value", value.shown)
            .member("source", value.source)
            .end_object();
    }
    writer.end_array().begin_array("checks");
    for (const auto& finding : findings) {
        writer.begin_object()
            .member("check", finding.subject)
            .member("severity", to_string(finding.severity))
            .member("message", finding.message);
        writer.begin_array("commands");
        for (const auto& command : finding.commands)
            writer.value(command);
        writer.end_array().end_object();
    }
    print_line(writer.end_array().end_object().text());
}

void print_text(const config::Loaded& loaded, const std::vector<Finding>& findings) {
    constexpr int widest_name = 28;
    for (const auto& value : loaded.values) {
        std::printf("%-*s %s  (%s)\n", widest_name, value.name.c_str(),
                    value.shown.empty() ? "-" : value.shown.c_str(), value.source.c_str());
    }
    std::printf("\n");
    for (const auto& finding : findings) {
        std::printf("%-8s %s: %s\n", to_string(finding.severity), finding.subject.c_str(),
                    printable(finding.message).c_str());  // an engine's words may be in it
        for (const auto& command : finding.commands)
            std::printf("    %s\n", command.c_str());
    }
    std::fflush(stdout);
}

int check_config(const CommandLine& line, bool offline) {
    const auto loaded = load_settings(line);
    auto findings = problems_of(loaded);
    Redactor redactor;
    redactor.add(loaded.secrets);
    if (findings.empty() && !offline) {
        Log log(STDERR_FILENO, LogLevel::warning, loaded.settings.log_format, redactor);
        append(findings, app::try_redis(loaded.settings));
        append(findings, app::try_backend(loaded.settings, log));
        append(findings, app::try_folders(loaded.settings));
    } else if (findings.empty()) {
        findings.push_back(Finding::good("settings", "all fit together; --offline tried nothing"));
    } else if (!offline) {
        findings.push_back(Finding::warning(
            "settings",
            "Redis, the backend and the folders were not tried; mend the settings above, and run "
            "this again"));
    }
    for (auto& finding : findings)
        finding.message = redactor.clean(finding.message);
    if (line.json) {
        print_json(loaded, findings);
    } else {
        print_text(loaded, findings);
    }
    for (const auto& finding : findings) {
        if (finding.severity == Finding::Severity::error) return finding.exit_code;
    }
    return app::exit_done;
}

}  // namespace

void add_check_config(Command program, CommandLine& line) {
    const auto command =
        program.add_subcommand("check-config",
                               "Print every setting with its source, check all, and try "
                               "Redis, the backend and the folders");
    auto offline = std::make_shared<bool>(false);
    command.add_flag("--offline", *offline, "Check the settings alone; try nothing");
    command.callback(
        [&line, offline] { line.run = [&line, offline] { return check_config(line, *offline); }; });
}

}  // namespace nexus::cli
