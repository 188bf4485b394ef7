#include "config/leftover.hpp"

#include "config/characters.hpp"

namespace nexus::config {
namespace {

bool is_quoted(std::string_view text) {
    return text.size() > 1 && text.front() == text.back() &&
           (text.front() == '"' || text.front() == '\'');
}

bool holds_word_in_angles(std::string_view text) {
    const auto of_word = [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == ' '; };
    for (auto begin = text.find('<'); begin != std::string_view::npos;
         begin = text.find('<', begin + 1)) {
        const auto end = text.find('>', begin);
        if (end == std::string_view::npos) return false;
        if (end > begin + 1 && all_are(text.substr(begin + 1, end - begin - 1), of_word))
            return true;
    }
    return false;
}

}  // namespace

std::optional<std::string_view> placeholder_in(std::string_view text) {
    for (const std::string_view sign : {"REPLACE_WITH", "your-org"}) {
        if (text.find(sign) != std::string_view::npos) return sign;
    }
    // In JSON such a word may be meant.
    if (!text.starts_with('{') && holds_word_in_angles(text)) return "<";
    return std::nullopt;
}

std::optional<std::string> leftover_problem(std::string_view text) {
    if (is_quoted(text)) {
        return "has quotes around it that belong to the value, since docker run --env-file and "
               "old releases of compose take a line as it is; write NAME=value without quotes";
    }
    if (text.ends_with('\r')) {
        return "ends with a carriage return; save the file with the line ends of Unix";
    }
    if (const auto sign = placeholder_in(text)) {
        return "still holds a placeholder (" + std::string(*sign) + "); write the real value";
    }
    return std::nullopt;
}

}  // namespace nexus::config
