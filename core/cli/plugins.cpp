// plugins list: what is installed, and how the one in use is.
#include "cli/plugins.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "app/preflight.hpp"
#include "backend/plugin_library.hpp"
#include "cli/client.hpp"
#include "cli/table.hpp"

namespace nexus::cli {
namespace {

struct Installed {
    std::string file;
    std::string name;
    std::string version;
    std::string abi;
    std::string problem;  // why it cannot be loaded
    bool in_use = false;
    std::string engine;  // of the one in use: its version, or why it does not answer
};

Installed describe(const PluginLocation& location) {
    Installed plugin;
    plugin.file = location.path;
    plugin.name = std::filesystem::path(location.path).stem();
    try {
        const PluginLibrary library(location);
        plugin.file = library.path();
        plugin.name = library.name();
        plugin.version = library.version();
        plugin.abi = std::to_string(NEXUS_BACKEND_ABI_MAJOR) + "." +
                     std::to_string(library.descriptor().abi_minor);
    } catch (const PluginError& error) {
        plugin.problem = error.what();
    }
    return plugin;
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.path().extension() == ".so") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string engine_of(const config::Loaded& loaded, const Redactor& redactor) {
    Log log(STDERR_FILENO, LogLevel::error, loaded.settings.log_format, redactor);
    return redactor.clean(app::try_backend(loaded.settings, log).front().message);
}

std::vector<Installed> find_all(const config::Loaded& loaded) {
    const auto& settings = loaded.settings;
    std::vector<Installed> plugins;
    for (const auto& file : files_in(settings.plugin_dir))
        plugins.push_back(describe({file, ""}));
    try {
        const auto chosen = resolve_plugin(settings.backend, settings.plugin_dir);
        const auto is_chosen = [&](const Installed& plugin) {
            std::error_code failed;
            return std::filesystem::equivalent(plugin.file, chosen.path, failed);
        };
        auto found = std::find_if(plugins.begin(), plugins.end(), is_chosen);
        if (found == plugins.end()) found = plugins.insert(plugins.end(), describe(chosen));
        found->in_use = true;
    } catch (const PluginError& error) {
        plugins.push_back({settings.backend, settings.backend, "", "", error.what(), true, ""});
    }
    return plugins;
}

void print_json(const std::string& folder, const std::vector<Installed>& plugins) {
    json::Writer writer;
    writer.begin_object().member("plugin_dir", folder).begin_array("plugins");
    for (const auto& plugin : plugins) {
        writer.begin_object()
            .member("name", plugin.name)
            .member("version", plugin.version)
            .member("abi", plugin.abi)
            .member("file", plugin.file)
            .member("in_use", plugin.in_use)
            .member("engine", plugin.engine)
            .member("problem", plugin.problem)
            .end_object();
    }
    print_line(writer.end_array().end_object().text());
}

void print_text(const std::string& folder, const std::vector<Installed>& plugins) {
    Table table({"", "NAME", "VERSION", "ABI", "FILE"});
    for (const auto& plugin : plugins) {
        table.add({plugin.in_use ? "*" : "", plugin.name, plugin.version, plugin.abi, plugin.file});
        if (!plugin.engine.empty()) table.note("engine: " + plugin.engine);
        if (!plugin.problem.empty()) table.note("refused: " + plugin.problem);
    }
    table.print();
    print_line("* is in use (BACKEND). PLUGIN_DIR is " + folder + ".");
}

int list_plugins(const CommandLine& line) {
    const auto loaded = load_settings(line);
    Redactor redactor;
    redactor.add(loaded.secrets);
    auto plugins = find_all(loaded);
    for (auto& plugin : plugins) {
        if (plugin.in_use && plugin.problem.empty()) plugin.engine = engine_of(loaded, redactor);
    }
    const std::string& folder = loaded.settings.plugin_dir;
    if (line.json) {
        print_json(folder, plugins);
    } else {
        print_text(folder, plugins);
    }
    const bool refused = std::any_of(plugins.begin(), plugins.end(), [](const auto& plugin) {
        return plugin.in_use && !plugin.problem.empty();
    });
    return refused ? app::exit_config : app::exit_done;
}

}  // namespace

void add_plugins(Command program, CommandLine& line) {
    const auto command =
        program.add_subcommand("plugins", "Show installed backend plugins, or check one");
    command.require_subcommand();
    const auto list = command.add_subcommand(
        "list",
        "Print every plugin in PLUGIN_DIR with its version and ABI, and the engine behind "
        "the one in use");
    list.callback([&line] { line.run = [&line] { return list_plugins(line); }; });
    add_plugins_check(command, line);
}

}  // namespace nexus::cli
