#include "backend/plugin_callbacks.hpp"

#include <exception>

namespace nexus {
namespace {

constexpr std::size_t longest_line = 4096;

LogLevel level_of(nexus_log_level level) {
    switch (level) {
        case NEXUS_LOG_DEBUG:
            return LogLevel::debug;
        case NEXUS_LOG_INFORMATION:
            return LogLevel::information;
        case NEXUS_LOG_WARNING:
            return LogLevel::warning;
        case NEXUS_LOG_ERROR:
            break;
    }
    return LogLevel::error;
}

// At most `longest_line` bytes, not ending inside a UTF-8 character.
std::string_view bounded(std::string_view text) {
    if (text.size() <= longest_line) return text;
    std::size_t end = longest_line;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

}  // namespace

PluginCallbacks::PluginCallbacks(Log& log, std::string backend,
                                 std::function<void(const Event&)> on_event)
    : log_(log), backend_(std::move(backend)), on_event_(std::move(on_event)) {}

void PluginCallbacks::log(nexus_log_level level, std::string_view text) noexcept {
    try {
        log_.write(level_of(level), bounded(text), {{"backend", backend_}});
    } catch (const std::exception&) {
        return;  // out of memory for one line: the plugin goes on without it
    }
}

void PluginCallbacks::event(const Event& event) noexcept {
    try {
        on_event_(event);
    } catch (const std::exception& error) {
        log(NEXUS_LOG_WARNING, std::string_view(error.what()));
    }
}

}  // namespace nexus
