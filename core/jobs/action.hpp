// The actions that a job may name. Threads: plain values.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace nexus::jobs {

enum class Action { provision, start, stop, restart, health, remove };

inline constexpr std::array all_actions{Action::provision, Action::start,  Action::stop,
                                        Action::restart,   Action::health, Action::remove};

// As it crosses: "provision", …; Action::remove is "delete".
std::string_view to_string(Action action) noexcept;
std::optional<Action> parse_action(std::string_view text) noexcept;

}  // namespace nexus::jobs
