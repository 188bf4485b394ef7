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
    backup,
    restore,
    remove
};

inline constexpr std::array all_actions{
    Action::provision,    Action::start,      Action::stop,
    Action::restart,      Action::pair_start, Action::whatsapp_disconnect,
    Action::apply_config, Action::health,     Action::backup,
    Action::restore,      Action::remove};

// As it crosses: "provision", …; Action::remove is "delete".
std::string_view to_string(Action action) noexcept;
std::optional<Action> parse_action(std::string_view text) noexcept;

// Whether its success says that all is well with the tenant's runtime: a look and a copy do not.
bool is_about_runtime(Action action) noexcept;

}  // namespace nexus::jobs
