#include "config/characters.hpp"

namespace nexus::config {

std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text,
                                                                 char separator) {
    const auto at = text.find(separator);
    if (at == std::string_view::npos) return {text, std::nullopt};
    return {text.substr(0, at), text.substr(at + 1)};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::optional<std::string_view> rest = text;
    while (rest) {
        const auto [part, after] = cut(*rest, separator);
        parts.push_back(part);
        rest = after;
    }
    return parts;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

std::optional<std::int64_t> parse_digits(std::string_view text) {
    constexpr std::size_t most = 18;  // any number of 18 digits fits 63 bits
    if (text.empty() || text.size() > most || !all_are(text, is_digit)) return std::nullopt;
    std::int64_t value = 0;
    for (char c : text)
        value = value * 10 + (c - '0');
    return value;
}

}  // namespace nexus::config
