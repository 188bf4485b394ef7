// The actions that a job may name. Threads: plain values.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace nexus::jobs {

enum class Action {
    provision,
    start,
    stop,
    restart,
    pair_start,
    whatsapp_disconnect,
    apply_config,
    health,
    remove
};

inline constexpr std::array all_actions{
    Action::provision,    Action::start,      Action::stop,
    Action::restart,      Action::pair_start, Action::whatsapp_disconnect,
    Action::apply_config, Action::health,     Action::remove};

// As it crosses: "provision", …; Action::remove is "delete".
std::string_view to_string(Action action) noexcept;
std::optional<Action> parse_action(std::string_view text) noexcept;

}  // namespace nexus::jobs
