#include "config/percent.hpp"

namespace nexus::config {
namespace {

std::optional<unsigned> digit_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
    return std::nullopt;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const auto high = digit_value(text[i + 1]);
        const auto low = digit_value(text[i + 2]);
        if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
        result += static_cast<char>(*high * 16U + *low);
        i += 2;
    }
    return result;
}

}  // namespace nexus::config
