#include "engine/container_events.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace nexus::engine {
namespace {

struct Word {
    std::string_view theirs;
    const char* ours;
};

constexpr std::array actions{
    Word{"create", "created"}, Word{"start", "started"},        Word{"die", "exited"},
    Word{"died", "exited"},    Word{"destroy", "removed"},      Word{"remove", "removed"},
    Word{"oom", "oom"},        Word{"health_status", "health"},
};

std::string attribute(const EngineEvent& event, const std::string& name) {
    const auto found = event.attributes.find(name);
    return found == event.attributes.end() ? "" : found->second;
}

// Docker's and Podman's name for it.
std::int64_t exit_code(const EngineEvent& event) {
    const std::string text = attribute(event, "exitCode") + attribute(event, "containerExitCode");
    std::int64_t code = 0;
    std::from_chars(text.data(), text.data() + text.size(), code);
    return code;
}

}  // namespace

std::optional<Event> translate_event(const EngineEvent& event) {
    // Docker says "health_status: healthy".
    const auto action = std::string_view(event.action).substr(0, event.action.find(':'));
    const auto* const known =
        std::find_if(actions.begin(), actions.end(),
                     [action](const Word& word) { return word.theirs == action; });
    if (event.type != "container" || known == actions.end()) return std::nullopt;
    Event result{attribute(event, "name"), attribute(event, tenant_label), known->ours, 0};
    if (result.container.empty() || result.tenant.empty()) return std::nullopt;
    if (result.action == "exited") result.exit_code = exit_code(event);
    return result;
}

}  // namespace nexus::engine
