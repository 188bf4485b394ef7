// One backend plugin: found, opened, and checked before anything of it is called. Threads: making
// one belongs to one thread; a made one may be used from any.
//
// A plugin stays in the process once it is opened, also after a refusal: an upgrade is a restart.
#pragma once

#include <memory>
#include <nexus/host.hpp>
#include <string>
#include <string_view>

#include "backend/plugin_error.hpp"
#include "base/json.hpp"

namespace nexus {

struct PluginLocation {
    std::string path;
    std::string name;  // what the plugin must call itself; empty where it was chosen by its path
};

// What the settings BACKEND and PLUGIN_DIR mean: a value with '/' is a path, any other a name.
// Throws PluginError.
PluginLocation resolve_plugin(const std::string& backend, const std::string& plugin_dir);

class PluginLibrary {
  public:
    // Opens exactly this file. Throws PluginError.
    explicit PluginLibrary(const PluginLocation& location);

    const std::string& path() const noexcept { return path_; }
    std::string_view name() const noexcept { return descriptor_->name; }
    std::string_view version() const noexcept { return descriptor_->version; }
    // Valid for ever, like the library itself.
    const nexus_backend_descriptor& descriptor() const noexcept { return *descriptor_; }

    // Throws PluginError, with the JSON pointer of the place, where the text is no JSON object that
    // fits the plugin's schema. Calls nothing of the plugin.
    void check_config(std::string_view config) const;

    // Checks the configuration and makes an instance. `callbacks` must outlive it. Throws
    // PluginError for the configuration, BackendError with the plugin's own message for all else.
    std::unique_ptr<Backend> create(const std::string& config, HostCallbacks& callbacks) const;

  private:
    std::string path_;
    const nexus_backend_descriptor* descriptor_;
    json::Schema schema_;
};

}  // namespace nexus
