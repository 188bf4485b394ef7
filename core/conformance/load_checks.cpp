// The file, its symbol and its descriptor; nothing here needs an engine.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "backend/plugin_file.hpp"
#include "conformance/bench.hpp"
#include "conformance/exported_symbols.hpp"

namespace nexus::conformance {
namespace {

void file_is_loadable(Bench& bench) {
    require_loadable(bench.options().file);
}

void exports_one_symbol(Bench& bench) {
    std::string others;
    bool found = false;
    for (const auto& name : exported_symbols(bench.options().file)) {
        if (name == NEXUS_BACKEND_SYMBOL) {
            found = true;
        } else if (others.size() < 200) {
            others += (others.empty() ? "" : ", ") + name;
        }
    }
    expect(found, "the file does not export " NEXUS_BACKEND_SYMBOL);
    expect(others.empty(), "the file also exports " + others + "; hide them with a version script");
}

void descriptor_is_sound(Bench& bench) {
    bench.library();
}

void descriptor_is_constant(Bench& bench) {
    const PluginLibrary again(PluginLocation{bench.options().file, ""});
    expect(&again.descriptor() == &bench.library().descriptor(),
           "the symbol returns another descriptor at its second call");
}

void version_is_readable(Bench& bench) {
    const auto version = bench.library().version();
    expect(!version.empty() && version.size() <= 64, "the version is empty or longer than 64");
    expect(
        version.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  ".-+~_") == std::string_view::npos,
        "the version has other characters than letters, digits and .-+~_");
}

void schema_takes_endpoint(Bench& bench) {
    try {
        bench.library().check_config(R"({"endpoint":"unix:///run/an-engine.sock"})");
    } catch (const PluginError& error) {
        throw Broken(error.what());
    }
}

void schema_refuses_unknown_members(Bench& bench) {
    try {
        bench.library().check_config(R"({"no_such_member_of_any_plugin":1})");
    } catch (const PluginError&) {
        return;
    }
    throw Broken(R"(a configuration with a misspelt member is taken; add "additionalProperties": )"
                 "false to the schema");
}

void schema_refuses_wrong_types(Bench& bench) {
    for (const char* config : {R"({"endpoint":7})", R"({"endpoint":{}})", "[]"}) {
        try {
            bench.library().check_config(config);
        } catch (const PluginError&) {
            continue;
        }
        throw Broken(std::string("the configuration ") + config + " is taken");
    }
}

using Handlers = std::array<struct sigaction, 65>;

Handlers handlers() {
    Handlers all{};
    for (std::size_t i = 1; i < all.size(); ++i)
        ::sigaction(static_cast<int>(i), nullptr, &all[i]);
    return all;
}

void leaves_signals_alone(Bench& bench) {
    const Handlers before = handlers();
    bench.backend().info(bench.ctx());
    const Handlers after = handlers();
    for (std::size_t i = 1; i < before.size(); ++i) {
        expect(before[i].sa_handler == after[i].sa_handler,
               "the plugin changes what signal " + std::to_string(i) + " does");
    }
}

// The process of a check has a file for both.
void stays_silent(Bench& bench) {
    auto& backend = bench.backend();
    backend.info(bench.ctx());
    backend.inspect(bench.ctx(), bench.name("nothing"));
    bench.volume("silent");
    failure_of("starting a container that is missing",
               [&] { backend.start(bench.ctx(), bench.name("nothing")); });
    struct stat status {};
    ::fstat(STDOUT_FILENO, &status);
    expect(status.st_size == 0, "the plugin wrote " + std::to_string(status.st_size) +
                                    " bytes to stdout or stderr; log through the host");
}

}  // namespace

std::vector<Check> load_checks() {
    return {
        {"file", "the file is a shared library for this machine that nobody else can write",
         file_is_loadable},
        {"one-symbol", "the file exports " NEXUS_BACKEND_SYMBOL " and nothing else",
         exports_one_symbol},
        {"descriptor", "the descriptor has a sound size, a name and every function",
         descriptor_is_sound},
        {"descriptor-constant", "the descriptor is the same at every call", descriptor_is_constant},
        {"version", "the version is short and printable", version_is_readable},
        {"config-endpoint", "the configuration may name an endpoint", schema_takes_endpoint},
        {"config-unknown", "the schema refuses a member that it does not know",
         schema_refuses_unknown_members},
        {"config-types", "the schema refuses values of the wrong type", schema_refuses_wrong_types},
        {"signals", "no signal handler is changed", leaves_signals_alone},
        {"silent", "nothing is written to stdout or stderr", stays_silent},
    };
}

}  // namespace nexus::conformance
