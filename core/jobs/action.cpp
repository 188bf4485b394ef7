#include "jobs/action.hpp"

namespace nexus::jobs {

std::string_view to_string(Action action) noexcept {
    switch (action) {
        case Action::provision:
            return "provision";
        case Action::start:
            return "start";
        case Action::stop:
            return "stop";
        case Action::restart:
            return "restart";
        case Action::pair_start:
            return "pair_start";
        case Action::whatsapp_disconnect:
            return "whatsapp_disconnect";
        case Action::apply_config:
            return "apply_config";
        case Action::health:
            return "health";
        case Action::backup:
            return "backup";
        case Action::restore:
            return "restore";
        case Action::remove:
            break;
    }
    return "delete";
}

std::optional<Action> parse_action(std::string_view text) noexcept {
    for (const Action action : all_actions) {
        if (text == to_string(action)) return action;
    }
    return std::nullopt;
}

bool is_about_runtime(Action action) noexcept {
    return action != Action::health && action != Action::backup;
}

}  // namespace nexus::jobs
