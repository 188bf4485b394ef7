// What the tests of this folder share: where the plugins are, and how to make an instance of one.
// Threads: as what they return.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "backend/plugin_library.hpp"
#include "support/backend_error.hpp"

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

// A tar with the file "a", which holds "hello".
inline std::string one_file_tar() {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, std::string_view text) {
        header.replace(at, text.size(), text);
    };
    put(0, "a");
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, "00000000005");
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, std::string_view("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    std::string digits;
    for (; sum > 0; sum /= 8)
        digits.insert(digits.begin(), static_cast<char>('0' + sum % 8));
    put(148, std::string(6 - digits.size(), '0') + digits);
    std::string content = "hello";
    content.resize(512, '\0');
    return header + content + std::string(1024, '\0');
}

}  // namespace nexus::test
