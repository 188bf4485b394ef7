// ASCII classes that do not ask the locale, and the few cuts that every parser here needs.
// Threads: any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus::config {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_lower_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}
constexpr bool is_lower_alnum(char c) noexcept {
    return is_lower(c) || is_digit(c);
}
constexpr bool is_alnum(char c) noexcept {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

template <typename Class>
bool all_are(std::string_view text, Class is_one) {
    return std::all_of(text.begin(), text.end(), is_one);
}

// Before and after the first `separator`; no second part where there is none.
std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text,
                                                                 char separator);
// The parts between the separators, empty ones too.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string lower_case(std::string_view text);

// Decimal digits alone, at most 18 of them; nothing for anything else.
std::optional<std::int64_t> parse_digits(std::string_view text);

}  // namespace nexus::config
