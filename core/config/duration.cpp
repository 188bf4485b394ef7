#include "config/duration.hpp"

#include <optional>

#include "config/characters.hpp"

namespace nexus::config {
namespace {

using std::chrono::milliseconds;

std::optional<milliseconds> unit_of(std::string_view suffix) {
    if (suffix == "ms") return milliseconds(1);
    if (suffix == "s") return std::chrono::seconds(1);
    if (suffix == "m") return std::chrono::minutes(1);
    if (suffix == "h") return std::chrono::hours(1);
    return std::nullopt;
}

}  // namespace

Parsed<milliseconds> parse_duration(std::string_view text) {
    constexpr milliseconds most = std::chrono::hours(24 * 3653);
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto suffix = text.substr(digits.size());
    if (digits.empty()) {
        return "must be a whole number and one of ms, s, m, h; write it like 30s, or 168h for a "
               "week";
    }
    const auto number = parse_digits(digits);
    if (number == 0 && suffix.empty()) return milliseconds(0);
    if (suffix.empty()) return "has no unit; write ms, s, m or h behind the number, like 30s";
    const auto unit = unit_of(suffix);
    if (!unit) return "has an unknown unit; write a whole number and ms, s, m or h, like 1500ms";
    if (!number || *number > most / *unit) return "is too long; at most 87672h are allowed";
    return *unit * *number;
}

}  // namespace nexus::config
