#include "app/backend_host.hpp"

#include "app/start_failure.hpp"
#include "base/json.hpp"

namespace nexus::app {
namespace {

PluginLibrary open_library(const config::Settings& settings) {
    try {
        return PluginLibrary(resolve_plugin(settings.backend, settings.plugin_dir));
    } catch (const PluginError& error) {
        throw StartFailure(exit_config, error.what());
    }
}

// BACKEND_CONFIG with BACKEND_ENDPOINT in it.
std::string plugin_config(const config::Settings& settings) {
    if (settings.backend_endpoint.empty()) return settings.backend_config;
    auto document = json::parse(settings.backend_config, json::own_files);
    if (document.HasMember("endpoint")) document.RemoveMember("endpoint");
    document.AddMember("endpoint", json::Value(settings.backend_endpoint, document.GetAllocator()),
                       document.GetAllocator());
    return json::to_text(document);
}

std::unique_ptr<Backend> create(const PluginLibrary& library, const config::Settings& settings,
                                PluginCallbacks& callbacks) {
    try {
        return library.create(plugin_config(settings), callbacks);
    } catch (const PluginError& error) {
        throw StartFailure(exit_config, error.what());
    } catch (const BackendError& error) {
        const bool wrong = error.code() == Code::invalid || error.code() == Code::unsupported;
        throw StartFailure(wrong ? exit_config : exit_unreachable,
                           "backend " + std::string(library.name()) + ": " + error.what());
    }
}

}  // namespace

BackendHost::BackendHost(const config::Settings& settings, Log& log)
    : log_(log),
      library_(open_library(settings)),
      callbacks_(log, std::string(library_.name()), [this](const Event& event) { hear(event); }),
      backend_(std::make_unique<GuardedBackend>(create(library_, settings, callbacks_),
                                                std::string(library_.name()))) {}

Info BackendHost::probe() {
    constexpr std::chrono::seconds patience(10);
    try {
        return backend_->info({std::chrono::steady_clock::now() + patience, -1, "check", ""});
    } catch (const BackendError& error) {
        throw StartFailure(exit_unreachable, error.what());
    }
}

void BackendHost::hear(const Event& event) {
    log_.debug("the engine reports a change",
               {{"container", event.container}, {"action", event.action}});
    const auto tenant = tenants::TenantId::parse(event.tenant);
    if (tenant && event.action == "exited") ended_.add(*tenant, event.exit_code);
    changes_.ring();
}

}  // namespace nexus::app
