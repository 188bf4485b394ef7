// plugins check: the conformance kit on one file.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/start_failure.hpp"
#include "cli/client.hpp"
#include "cli/plugins.hpp"
#include "conformance/report.hpp"

namespace nexus::cli {
namespace {

struct CheckLine {
    conformance::Options options;
    std::vector<std::string> only;
    std::string junit;
    int patience = 30;
    bool list = false;
};

void print_rules(bool as_json) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& check : conformance::all_checks()) {
        writer.begin_object()
            .member("name", std::string(check.name))
            .member("rule", std::string(check.rule))
            .end_object();
        if (!as_json) {
            std::printf("%-20s  %s\n", std::string(check.name).c_str(),
                        std::string(check.rule).c_str());
        }
    }
    if (as_json) print_line(writer.end_array().text());
}

void require_known(const std::vector<std::string>& names) {
    const auto known = conformance::all_checks();
    for (const auto& name : names) {
        const bool found = std::any_of(known.begin(), known.end(),
                                       [&](const auto& check) { return check.name == name; });
        if (!found) {
            throw app::StartFailure(app::exit_usage, "--only: there is no check \"" + name +
                                                         "\"; --list shows them all");
        }
    }
}

void write_junit(const std::string& path, const std::string& xml) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << xml << std::flush;
    if (!file) throw app::StartFailure(app::exit_failed, "--junit: " + path + " cannot be written");
}

int check_plugin(const CheckLine& asked, bool as_json) {
    if (asked.list) {
        print_rules(as_json);
        return app::exit_done;
    }
    if (asked.options.file.empty()) {
        throw app::StartFailure(app::exit_usage, "plugins check needs the plugin's FILE");
    }
    require_known(asked.only);
    auto options = asked.options;
    options.file = std::filesystem::absolute(options.file).string();
    options.patience = std::chrono::seconds(asked.patience);
    const auto results =
        conformance::run_checks(options, asked.only, [as_json](const conformance::Result& result) {
            if (!as_json) print_line(conformance::to_line(result));
        });
    print_line(as_json ? conformance::to_json(options, results) : conformance::to_summary(results));
    if (!asked.junit.empty()) write_junit(asked.junit, conformance::to_junit(options, results));
    return conformance::all_passed(results) ? app::exit_done : app::exit_failed;
}

std::string json_object_problem(const std::string& text) {
    try {
        return json::parse(text, json::own_files).IsObject() ? "" : "must be a JSON object";
    } catch (const json::Error& error) {
        return error.what();
    }
}

}  // namespace

void add_plugins_check(Command plugins, CommandLine& line) {
    const auto command = plugins.add_subcommand(
        "check", "Try every rule of the plugin boundary on a plugin, each in a process of its own");
    auto asked = std::make_shared<CheckLine>();
    command.add_option("FILE", asked->options.file, "The plugin's .so file");
    command.add_option("--endpoint", asked->options.endpoint,
                       "Its engine, such as unix:///var/run/docker.sock (default: the plugin's "
                       "own). Objects that are made there begin with nexus-check-");
    command
        .add_option("--config", asked->options.config,
                    "Further configuration of the plugin, a JSON object")
        .check(&json_object_problem, "JSON");
    command.add_option("--image", asked->options.image,
                       "An image of the engine whose command is: sh -c 'eval \"$NEXUS_CHECK\"'. "
                       "Without it the checks that need a container are left out");
    command.add_option("--only", asked->only, "Only the checks of these names");
    command
        .add_option("--patience", asked->patience,
                    "How many seconds a check waits for something to happen (default: 30)")
        .in_range(1, 3600);
    command.add_option("--junit", asked->junit, "Also write the results as JUnit XML to this file");
    command.add_flag("--list", asked->list, "Print all checks with their rules; try nothing");
    command.callback(
        [&line, asked] { line.run = [&line, asked] { return check_plugin(*asked, line.json); }; });
}

}  // namespace nexus::cli
