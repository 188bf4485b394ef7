#include "backend/plugin_library.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>

#include "backend/plugin_file.hpp"

namespace nexus {
namespace {

namespace dll = boost::dll;

using Descriptor = nexus_backend_descriptor;

// Nobody has a reason for a larger one; a wild value is a struct that is none.
constexpr std::size_t largest_descriptor = 4096;
constexpr std::size_t longest_name = 32;

constexpr const char* rebuild = "rebuild the plugin with the SDK of this runner";

std::string own_version() {
    return std::to_string(NEXUS_BACKEND_ABI_MAJOR) + "." + std::to_string(NEXUS_BACKEND_ABI_MINOR);
}

bool is_plugin_name(std::string_view name) {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    if (name.empty() || name.size() > longest_name || !alphanumeric(name.front())) return false;
    return std::all_of(name.begin(), name.end(),
                       [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; });
}

dll::shared_library open_for_ever(const std::string& path) {
    // RTLD_NODELETE: threads and handlers of the plugin may outlive the last handle.
    const auto mode = dll::load_mode::rtld_now | dll::load_mode::rtld_local |
                      static_cast<dll::load_mode::type>(RTLD_NODELETE);
    try {
        return dll::shared_library(path, mode);
    } catch (const std::exception& error) {
        throw PluginError(path, std::string("cannot be loaded: ") + error.what(),
                          "install the libraries that it needs, or rebuild it on this machine");
    }
}

[[noreturn]] void refuse_symbol(const std::string& path, const dll::shared_library& library) {
    constexpr int most = 9;
    for (int major = 0; major <= most; ++major) {
        const std::string version = std::to_string(major);
        if (!library.has("nexus_backend_v" + version)) continue;
        throw PluginError(
            path,
            "built for plugin ABI " + version + ", this runner speaks " +
                std::to_string(NEXUS_BACKEND_ABI_MAJOR),
            "install the plugin's build for this runner, or the runner for ABI " + version);
    }
    throw PluginError(path, "is no backend plugin: it has no symbol " NEXUS_BACKEND_SYMBOL,
                      "name a plugin's file, or export the symbol with NEXUS_BACKEND");
}

const Descriptor* describe(const std::string& path) {
    const dll::shared_library library = open_for_ever(path);
    if (!library.has(NEXUS_BACKEND_SYMBOL)) refuse_symbol(path, library);
    const Descriptor* descriptor = library.get<const Descriptor*()>(NEXUS_BACKEND_SYMBOL)();
    if (descriptor == nullptr) throw PluginError(path, "describes itself with nothing", rebuild);
    if (!NEXUS_HAS(Descriptor, descriptor, destroy) || descriptor->size > largest_descriptor) {
        throw PluginError(path,
                          "says that its descriptor has " + std::to_string(descriptor->size) +
                              " bytes, which cannot be; this runner speaks plugin ABI " +
                              own_version(),
                          rebuild);
    }
    const bool complete = descriptor->name != nullptr && descriptor->version != nullptr &&
                          descriptor->config_schema != nullptr && descriptor->create != nullptr &&
                          descriptor->call != nullptr && descriptor->transfer != nullptr &&
                          descriptor->destroy != nullptr;
    if (!complete) {
        throw PluginError(path, "leaves out a field of its descriptor that every plugin has",
                          rebuild);
    }
    return descriptor;
}

void require_name(const PluginLocation& location, const Descriptor& descriptor) {
    if (!is_plugin_name(descriptor.name)) {
        throw PluginError(location.path, "its name does not match ^[a-z0-9][a-z0-9_-]{0,31}$",
                          rebuild);
    }
    if (location.name.empty() || location.name == descriptor.name) return;
    throw PluginError(location.path,
                      "calls itself " + std::string(descriptor.name) + ", not " + location.name,
                      "rename the file, or name it by its path in BACKEND");
}

void require_features(const std::string& path, const Descriptor& descriptor) {
    if (!NEXUS_HAS(Descriptor, &descriptor, required_features)) return;
    const char* const* feature = descriptor.required_features;
    if (feature == nullptr || *feature == nullptr) return;  // minor 0 of the ABI has none to offer
    throw PluginError(path,
                      "version " + std::string(descriptor.version) + " (plugin ABI " +
                          std::to_string(NEXUS_BACKEND_ABI_MAJOR) + "." +
                          std::to_string(descriptor.abi_minor) + ") needs the host feature " +
                          *feature + ", which this runner (plugin ABI " + own_version() +
                          ") does not have",
                      "install a newer runner or an older plugin");
}

json::Schema schema_of(const std::string& path, const Descriptor& descriptor) {
    const auto refuse = [&](const std::string& why) {
        return PluginError(path, "its configuration schema is unusable: " + why, rebuild);
    };
    try {
        if (!json::parse(descriptor.config_schema, json::own_files).IsObject()) {
            throw refuse("it must be an object");
        }
        return json::Schema(descriptor.config_schema);
    } catch (const json::Error& error) {
        throw refuse(error.what());
    } catch (const std::logic_error& error) {
        throw refuse(error.what());
    }
}

}  // namespace

PluginLocation resolve_plugin(const std::string& backend, const std::string& plugin_dir) {
    if (backend.find('/') != std::string::npos) return {backend, ""};
    if (is_plugin_name(backend)) return {plugin_dir + "/" + backend + ".so", backend};
    throw PluginError("\"" + backend + "\"", "is neither a plugin's name nor a path",
                      "set BACKEND to a name of a-z, 0-9, _ and -, or to an absolute path");
}

PluginLibrary::PluginLibrary(const PluginLocation& location)
    : path_(require_loadable(location.path)),
      descriptor_(describe(path_)),
      schema_(schema_of(path_, *descriptor_)) {
    require_name({path_, location.name}, *descriptor_);
    require_features(path_, *descriptor_);
}

void PluginLibrary::check_config(std::string_view config) const try {
    const json::Document document = json::parse(config, json::own_files);
    if (!document.IsObject()) throw json::Error("", "must be an object");
    schema_.check(document);
} catch (const json::Error& error) {
    throw PluginError(path_,
                      "the configuration for " + std::string(name()) + " is wrong: " + error.what(),
                      "correct BACKEND_CONFIG");
}

std::unique_ptr<Backend> PluginLibrary::create(const std::string& config,
                                               HostCallbacks& callbacks) const {
    check_config(config);
    return create_backend(*descriptor_, config, callbacks);
}

}  // namespace nexus
