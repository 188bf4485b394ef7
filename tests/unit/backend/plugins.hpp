// What the tests of this folder share: where the plugins are, and how to make an instance of one.
// Threads: as what they return.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "backend/plugin_library.hpp"

namespace nexus::test {

// One of the deliberately odd plugins, built in tests/plugins.
inline std::string odd_plugin(const std::string& name) {
    return std::string(NEXUS_TEST_PLUGINS) + "/" + name + ".so";
}

// Remembers what the plugin says. Threads: any.
class Heard final : public HostCallbacks {
  public:
    void log(nexus_log_level /*level*/, std::string_view text) noexcept override {
        const std::scoped_lock lock(mutex_);
        lines_.emplace_back(text);
    }
    void event(const Event& event) noexcept override {
        const std::scoped_lock lock(mutex_);
        events_.push_back(event);
    }
    std::vector<Event> events() const {
        const std::scoped_lock lock(mutex_);
        return events_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    std::vector<Event> events_;
};

inline std::unique_ptr<Backend> simulated(const std::string& config, HostCallbacks& heard) {
    static const PluginLibrary library(resolve_plugin("simulated", NEXUS_PLUGINS));
    return library.create(config, heard);
}

inline CallContext within(std::chrono::milliseconds time, const std::string& tenant = "") {
    return {std::chrono::steady_clock::now() + time, -1, "op-1", tenant};
}

inline CallContext soon(const std::string& tenant = "") {
    return within(std::chrono::seconds(60), tenant);
}

// Runs `call` and returns the BackendError that it throws, or one of code `ok`.
template <typename Call>
BackendError failure_of(const Call& call) {
    try {
        call();
    } catch (const BackendError& error) {
        return error;
    }
    return {Code::ok, "nothing was thrown", false};
}

}  // namespace nexus::test
